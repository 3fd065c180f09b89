import { describe, expect, it } from 'vitest';

import { formatReplaced, parseReplaced, splitBaseline } from '../../../../src/runner/files/baseline.ts';
import { readRevisions } from '../../../../src/runner/files/read-revisions.ts';
import { revisionFolder } from './revision-folder.ts';

const sum = 'a'.repeat(64);
const replaced = [
  { id: '20260101000001', name: '20260101000001_users', checksum: sum },
  { id: '20260101000002', name: '20260101000002_phone', checksum: 'b'.repeat(64) },
];
const header = formatReplaced(replaced);
const baseline = (text = header): string => `-- all of 2026\n${text}-- migrate:up\nSELECT 1;\n`;

describe('the header of a baseline', () => {
  it.each([
    ['as it is written', baseline()],
    ['after a checkout on Windows', baseline().replaceAll('\n', '\r\n')],
  ])('%s says what it replaces, in order', (_what, text) => {
    expect(parseReplaced(text, 'f.sql', '20260101000002')).toEqual(replaced);
  });

  it.each([
    ['words about something else', '-- replaces: the old view\n-- migrate:up\n'],
    ['a line below the marker', `-- migrate:up\n${header}`],
    ['none', '-- migrate:up\n'],
  ])('%s make no baseline', (_what, text) => {
    expect(parseReplaced(text, 'f.sql', '20260101000002')).toBeUndefined();
  });

  it.each([
    ['a line cut short', '-- replaces: 20260101000001_users abc\n', 'is not "name sha256"'],
    ['another order', formatReplaced(replaced.toReversed()), 'in the order of the ids'],
    ['another last id', formatReplaced(replaced.slice(0, 1)), 'the last revision that it replaces 20260101000001'],
  ])('%s is refused', (_what, text, said) => {
    expect(() => parseReplaced(baseline(text), 'f.sql', '20260101000002')).toThrow(said);
  });
});

describe('splitBaseline', () => {
  const file = (
    name: string,
    replaces?: typeof replaced,
  ): { name: string; file: string; replaces?: typeof replaced } => ({
    name,
    file: `migrations/${name}.sql`,
    ...(replaces && { replaces }),
  });

  it('takes the replaced files that lie beside it out of the revisions', () => {
    const files = [file('20260101000001_users'), file('20260101000002_all', replaced), file('20260101000003_late')];
    const split = splitBaseline(files);
    expect(split.revisions.map(({ name }) => name)).toEqual(['20260101000002_all', '20260101000003_late']);
    expect([...(split.baseline?.beside.keys() ?? [])]).toEqual(['20260101000001_users']);
  });

  it('takes the later of two baselines, which replaces the earlier one', () => {
    const later = [...replaced, { id: '20260101000002', name: '20260101000002_all', checksum: sum }];
    const files = [file('20260101000002_all', replaced), file('20260101000002_again', later)];
    expect(splitBaseline(files).baseline?.revision.name).toBe('20260101000002_again');
  });

  it('refuses two that know nothing of each other', () => {
    const files = [file('20260101000002_all', replaced), file('20260101000002_other', replaced)];
    expect(() => splitBaseline(files)).toThrow(
      '20260101000002_all.sql and migrations/20260101000002_other.sql are both',
    );
  });
});

describe('a folder with a baseline', () => {
  it('is the baseline and what comes behind it; what lies in squashed is not looked at', async () => {
    const directory = await revisionFolder({
      '20260101000002_all.sql': baseline(),
      '20260101000003_late.sql': '-- migrate:up\nSELECT 1;\n',
      'squashed/20260101000001_users.sql': '\u0000 not even text',
    });
    const { revisions, strangers } = await readRevisions(directory);
    expect(revisions.map(({ name }) => name)).toEqual(['20260101000002_all', '20260101000003_late']);
    expect(revisions[0]?.replaces).toEqual(replaced);
    expect(strangers).toEqual([]);
  });

  it('knows a header longer than the part of a large file that is read first', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => {
      const id = String(20_260_101_000_001 + index);
      return { id, name: `${id}_revision_with_a_long_name_${index}`, checksum: sum };
    });
    const last = many.at(-1)?.id ?? '';
    const body = `-- migrate:up\nSELECT '${'x'.repeat(5_000_000)}';\n`;
    const directory = await revisionFolder({ [`${last}_all.sql`]: `${formatReplaced(many)}${body}` });
    const { baseline } = await readRevisions(directory);
    expect(baseline?.revision.isLarge).toBe(true);
    expect(baseline?.replaced).toHaveLength(3_000);
  });
});
