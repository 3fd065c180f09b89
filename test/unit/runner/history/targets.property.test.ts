import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AppError } from '../../../../src/contract/app-error.ts';
import { findTarget } from '../../../../src/runner/history/find-target.ts';
import { planDowngrade, planUpgrade } from '../../../../src/runner/history/plan-run.ts';
import type { AppliedRevision, KnownRevision } from '../../../../src/runner/history/record.ts';

const slug = fc
  .array(fc.constantFrom('add', 'drop', 'phone', 'email', 'index', 'a1', '2026'), { minLength: 1, maxLength: 3 })
  .map((words) => words.join('_'));
/** A history with ids that share beginnings, and a place in it. */
const history = fc
  .uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 12 })
  .chain((numbers) => fc.tuple(fc.constant(numbers), fc.array(slug, { minLength: 12, maxLength: 12 }), fc.nat()))
  .map(([numbers, slugs, place]) => {
    const ids = numbers.map((number) => `20260101${String(number).padStart(6, '0')}`).toSorted();
    const revisions = ids.map((id, at): KnownRevision => ({ id, name: `${id}_${slugs[at] ?? 'x'}`, checksum: 'c' }));
    return { revisions, currentIndex: place % (ids.length + 1) };
  });
const step = fc.integer({ min: -15, max: 15 });

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}

/** The position, or the code of the refusal. */
function find(text: string, context: Parameters<typeof findTarget>[1]): number | string {
  return orCode(() => findTarget(text, context));
}

function orCode<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

function appliedUpTo(revisions: readonly KnownRevision[], count: number): readonly AppliedRevision[] {
  return revisions
    .slice(0, count)
    .map((revision, at) => ({ ...revision, appliedAt: new Date(0), durationMs: 0, sequence: at + 1 }));
}

describe('any history', () => {
  it('every position has names that lead back to it: its id, its name, steps from anywhere', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), ({ revisions, currentIndex }, to, from) => {
        const target = to % (revisions.length + 1);
        const anchor = from % (revisions.length + 1);
        const context = { revisions, currentIndex };
        const { id, name } = revisions[target - 1] ?? { id: 'base', name: 'base' };
        const anchorId = revisions[anchor - 1]?.id ?? 'base';
        for (const text of [id, name, signed(target - currentIndex), `${anchorId}${signed(target - anchor)}`])
          expect(find(text, context), text).toBe(target);
        expect(find('head', context)).toBe(revisions.length);
      }),
    );
  });

  it('the beginning of an id is taken exactly when one id has it, and else lists all that do', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.integer({ min: 1, max: 13 }), ({ revisions, currentIndex }, which, length) => {
        const prefix = revisions[which % revisions.length]?.id.slice(0, length) ?? '';
        const fitting = revisions.filter(({ id }) => id.startsWith(prefix));
        const found = find(prefix, { revisions, currentIndex });
        const [only] = fitting;
        expect(found).toBe(fitting.length === 1 && only ? revisions.indexOf(only) + 1 : 'ambiguous-revision');
        const message = (): void => void findTarget(prefix, { revisions, currentIndex });
        for (const { name } of fitting.length > 1 ? fitting.slice(0, 10) : []) expect(message).toThrow(name);
      }),
    );
  });

  it('a step arrives exactly where it says, or is refused: it never stops short', () => {
    fc.assert(
      fc.property(history, step, ({ revisions, currentIndex }, by) => {
        const target = currentIndex + by;
        const fits = target >= 0 && target <= revisions.length;
        expect(find(signed(by), { revisions, currentIndex })).toBe(fits ? target : 'overshoot');
      }),
    );
  });

  it('any text at all is a position in it or a refusal for people', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9_]{0,6}([+-]\d{1,3}){0,2}$/));
    fc.assert(
      fc.property(history, text, ({ revisions, currentIndex }, target) => {
        const found = find(target, { revisions, currentIndex });
        const codes: readonly unknown[] = ['unknown-revision', 'ambiguous-revision', 'overshoot'];
        expect(typeof found === 'number' ? found >= 0 && found <= revisions.length : codes.includes(found)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('upgrade to a place and downgrade back run the same revisions, in opposite order', () => {
    fc.assert(
      fc.property(history, fc.nat(), ({ revisions, currentIndex }, further) => {
        const target = currentIndex + (further % (revisions.length + 1 - currentIndex));
        const name = revisions[target - 1]?.id ?? 'base';
        const start = revisions[currentIndex - 1]?.id ?? 'base';
        const up = planUpgrade(name, revisions, appliedUpTo(revisions, currentIndex)).map(({ id }) => id);
        const down = planDowngrade(start, revisions, appliedUpTo(revisions, target)).map(({ id }) => id);
        expect(up).toEqual(revisions.slice(currentIndex, target).map(({ id }) => id));
        expect(down).toEqual(up.toReversed());
      }),
    );
  });
});
