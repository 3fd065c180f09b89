import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chooseLineage, lineagesOf } from '../../../../src/runner/history/choose-lineage.ts';
import { checkHistory } from '../../../../src/runner/history/check-history.ts';
import { applied, drop, email, index, known, names, phone, users } from './revisions.ts';

const first = known('20260103000000_first_baseline');
const second = known('20260201000000_second_baseline');
const later = known('20260301000000_later');
const files = new Map<string, ReturnType<typeof known>>(names.map((name) => [name, known(name)]));
const of = (...wanted: readonly string[]): ReturnType<typeof known>[] =>
  wanted.flatMap((name) => files.get(name) ?? []);
/** users, phone, email were squashed into the first baseline; that, drop and index into the second. */
const replaced = [...of(users, phone, email), first, ...of(drop, index)];
const lineages = lineagesOf(second, replaced);
const shown = (lineage: readonly { readonly name: string }[]): readonly string[] => lineage.map(({ name }) => name);
const choose = (
  rows: Parameters<typeof chooseLineage>[1]['applied'],
  { begun = [], targets = [] }: { begun?: readonly string[]; targets?: readonly string[] } = {},
): ReturnType<typeof chooseLineage> => chooseLineage(lineages, { applied: rows, begun, later: [later], targets });

describe('the ways to a baseline', () => {
  it('are the baseline, the earlier baseline with what came behind it, and the beginning', () => {
    expect(lineages.map(shown)).toEqual([[second.name], [first.name, drop, index], [users, phone, email, drop, index]]);
  });

  it.each([
    ['nothing', [], [second.name]],
    ['the baseline', applied(second.name), [second.name]],
    ['the first revision', applied(users), [users, phone, email, drop, index]],
    ['all of the old ones', applied(...names), [users, phone, email, drop, index]],
    ['the earlier baseline', applied(first.name), [first.name, drop, index]],
    ['the earlier baseline and more', applied(first.name, drop), [first.name, drop, index]],
    ['only what comes behind', applied(later.name), [second.name]],
    ['an edited first revision', [{ ...known(users), checksum: 'edited' }], [users, phone, email, drop, index]],
  ])('a database that holds %s', (_what, rows, expected) => {
    expect(shown(choose(rows).lineage)).toEqual(expected);
  });

  it('a first revision that stopped half-way is one of the beginning', () => {
    expect(shown(choose([], { begun: [users.slice(0, 14)] }).lineage)).toEqual([users, phone, email, drop, index]);
  });

  it.each([
    ['head', [second.name]],
    ['second_baseline', [second.name]],
    ['first_baseline', [first.name, drop, index]],
    ['add_phone', [users, phone, email, drop, index]],
    ['add_phone+1', [users, phone, email, drop, index]],
    ['20260102', [users, phone, email, drop, index]],
    ['nonsense', [second.name]],
    ['+1', [second.name]],
    ['later', [second.name]],
  ])('an empty database that is to go to %s', (target, expected) => {
    expect(choose([], { targets: [target] })).toEqual({
      lineage: expected.map((name) => expect.objectContaining({ name })),
      missed: undefined,
    });
  });

  it('a target that the database never had is named', () => {
    expect(choose(applied(second.name), { targets: ['base', 'add_phone'] }).missed).toBe('add_phone');
    expect(choose(applied(users), { targets: ['add_phone'] }).missed).toBeUndefined();
    expect(choose(applied(second.name), { targets: ['nonsense'] }).missed).toBeUndefined();
  });
});

it('however often a history is squashed, a database of any generation and position is seen as sound', () => {
  const squashes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      squashes,
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }),
      (lengths, generation, at) => {
        let count = 0;
        const next = (): ReturnType<typeof known> => known(`${20_260_101_000_000 + (count += 1)}_revision`);
        let folder: readonly ReturnType<typeof known>[] = [next()];
        let header: readonly ReturnType<typeof known>[] = [];
        const generations = [folder];
        for (const [turn, length] of lengths.entries()) {
          folder = [...folder, ...Array.from({ length }, next)];
          generations[generations.length - 1] = folder;
          header = [...header, ...folder];
          folder = [known(`${folder.at(-1)?.id ?? ''}_baseline_${turn}`)];
          generations.push(folder);
        }
        const own = generations[generation % generations.length] ?? [];
        const held = own
          .slice(0, at % (own.length + 1))
          .map((row, sequence) => ({ ...row, sequence, appliedAt: new Date(0), durationMs: 0 }));
        const [baseline] = folder;
        const ways = lineagesOf(baseline ?? next(), header);
        const { lineage } = chooseLineage(ways, { applied: held, begun: [], later: [], targets: [] });
        const findings = checkHistory(lineage, held);
        expect(findings).toEqual({ ahead: [], missing: [], edited: [], outOfOrder: [] });
      },
    ),
  );
});
