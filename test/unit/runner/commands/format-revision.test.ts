import { describe, expect, it } from 'vitest';

import { formatBlock, formatLine, revisionDocument } from '../../../../src/runner/commands/format-revision.ts';
import type { RevisionDocument } from '../../../../src/runner/documents/documents.ts';
import type { ListedRevision } from '../../../../src/runner/history/list-revisions.ts';

const pending: ListedRevision = {
  id: '20260102000000',
  name: '20260102000000_add_phone',
  checksum: 'a'.repeat(64),
  previous: '20260101000000',
  isHead: true,
  record: undefined,
  lateAfter: undefined,
  file: 'migrations/20260102000000_add_phone.sql',
};
const record = {
  id: pending.id,
  name: pending.name,
  checksum: pending.checksum,
  appliedAt: new Date('2026-03-01T12:00:00Z'),
  durationMs: 1_500,
  sequence: 2,
};
const applied = { ...pending, record };
const first = { ...pending, previous: undefined, isHead: false };

const documented = (
  revision: ListedRevision,
  options: Partial<Parameters<typeof revisionDocument>[1]> = {},
): RevisionDocument =>
  revisionDocument(revision, { record: { applied: [], halfway: [] }, isCurrent: false, ...options });

describe('formatLine', () => {
  it.each([
    ['a head', pending, false, '20260101000000 -> 20260102000000 (head), add phone'],
    ['a head that is current', applied, true, '20260101000000 -> 20260102000000 (head) (current), add phone'],
    ['the first', first, false, '<base> -> 20260102000000, add phone'],
    ['the first when it is current', first, true, '<base> -> 20260102000000 (current), add phone'],
  ])('%s reads like Alembic’s', (_what, revision, isCurrent, line) => {
    expect(formatLine(documented(revision, { isCurrent }), { indicateCurrent: true })).toBe(line);
  });
});

describe('formatBlock', () => {
  const known = { record: { applied: [], halfway: [] }, isCurrent: false };

  it('an applied revision with all its fields', () => {
    expect(formatBlock(documented({ ...applied, alembicId: '68b324aa3d62' }, { isCurrent: true }))).toBe(
      [
        'Rev:      20260102000000 (head) (current)',
        'Parent:   20260101000000',
        'Name:     add phone',
        'Path:     migrations/20260102000000_add_phone.sql',
        'Alembic:  68b324aa3d62',
        'Checksum: aaaaaaaaaaaaaaaa',
        'Applied:  2026-03-01T12:00:00.000Z in 1.5 s',
      ].join('\n'),
    );
  });

  it.each([
    ['pending', pending, known, 'Applied:  no, pending'],
    ['without a database', pending, { ...known, record: undefined }, 'Applied:  not known without a database'],
    ['the first', first, known, 'Parent:   <base>'],
    ['without a file', { ...applied, file: undefined }, known, 'Path:     no file; the record has it'],
    [
      'edited',
      { ...applied, checksum: 'b'.repeat(64) },
      known,
      'Checksum: bbbbbbbbbbbbbbbb (edited since it was applied as aaaaaaaaaaaaaaaa)',
    ],
  ])('%s', (_what, revision, options, line) => {
    expect(formatBlock(documented(revision, options)).split('\n')).toContain(line);
  });
});

describe('revisionDocument', () => {
  it('an applied revision', () => {
    expect(documented({ ...applied, alembicId: '68b324aa3d62' })).toEqual({
      revision: '20260102000000',
      name: '20260102000000_add_phone',
      previous: '20260101000000',
      isHead: true,
      isCurrent: false,
      file: 'migrations/20260102000000_add_phone.sql',
      alembicId: '68b324aa3d62',
      replaces: [],
      checksum: 'a'.repeat(64),
      applied: true,
      appliedAt: '2026-03-01T12:00:00.000Z',
      appliedChecksum: 'a'.repeat(64),
      durationMs: 1_500,
      lateAfter: null,
      halfway: null,
    });
  });

  it('whether it is applied is null, not false, when no database was asked', () => {
    expect(documented(pending, { record: undefined }).applied).toBeNull();
    expect(documented(pending).applied).toBe(false);
  });

  it('what is not known is null, so that every document has the same fields', () => {
    const document = documented({ ...first, file: undefined });
    expect(document).toMatchObject({ previous: null, file: null, alembicId: null, appliedAt: null, durationMs: null });
    expect(Object.values(document)).not.toContain(undefined);
  });
});
