import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { rebaseRevision } from '../../../src/authoring/rebase-revision.ts';
import { formatLockFile, lockFileProblems } from '../../../src/runner/files/lock-file.ts';
import { readRevisions } from '../../../src/runner/files/read-revisions.ts';
import { refusalOf } from '../contract/refusal.ts';
import { revisionFolder } from '../runner/files/revision-folder.ts';

const now = new Date('2026-11-22T17:00:00Z');

/** Two revisions, locked; the first is to be moved. */
async function rebaseFirst({ crlf = false, newest = '20260101000002' } = {}): Promise<{
  directory: string;
  name: string;
}> {
  const directory = await revisionFolder({
    '20260101000001_a.sql': '-- migrate:up\r\nSELECT 1;\r\n',
    '20260101000002_b.ts': 'export const up = async () => {};\n',
  });
  const { revisions } = await readRevisions(directory);
  const lockText = `${formatLockFile(revisions)}# a comment of ours\n`;
  await writeFile(join(directory, 'migrations.lock'), crlf ? lockText.replaceAll('\n', '\r\n') : lockText);
  const folder = await readRevisions(directory);
  const [revision] = folder.revisions;
  if (!revision) throw new Error('no revision');
  const { name } = await rebaseRevision({ folder, revision, newest, now });
  return { directory, name };
}

describe('rebaseRevision', () => {
  it('renames the file and keeps its text to the byte', async () => {
    const { directory, name } = await rebaseFirst();
    expect(name).toBe('20261122170000_a');
    expect((await readdir(directory)).toSorted()).toEqual([
      '20260101000002_b.ts',
      '20261122170000_a.sql',
      'migrations.lock',
    ]);
    expect(await readFile(join(directory, '20261122170000_a.sql'), 'utf8')).toBe('-- migrate:up\r\nSELECT 1;\r\n');
  });

  it.each([[false], [true]])(
    'moves its line to the end of the lock file, which agrees with the files (CRLF: %s)',
    async (crlf) => {
      const { directory } = await rebaseFirst({ crlf });
      const { lockText = '', revisions } = await readRevisions(directory);
      expect(lockFileProblems(lockText, revisions)).toEqual([]);
      expect(lockText).toContain('# a comment of ours');
      expect(lockText.trim().split('\n').at(-1)).toMatch(/^20261122170000_a [0-9a-f]{64}$/);
    },
  );

  it('sorts behind a revision of a clock that was ahead', async () => {
    expect((await rebaseFirst({ newest: '20261231235959' })).name).toBe('20270101000000_a');
  });

  it('never writes over a file', async () => {
    const directory = await revisionFolder({
      '20260101000001_a.sql': 'one',
      '20261122170000_a.sql': 'two',
    });
    const folder = await readRevisions(directory);
    const [revision] = folder.revisions;
    if (!revision) throw new Error('no revision');
    // As if the other had come after the folder was read.
    expect(await refusalOf(rebaseRevision({ folder, revision, newest: '20260101000002', now }))).toMatchObject({
      code: 'file-exists',
      exitCode: 2,
    });
    expect(await readFile(join(directory, '20261122170000_a.sql'), 'utf8')).toBe('two');
    expect(await readFile(join(directory, '20260101000001_a.sql'), 'utf8')).toBe('one');
  });
});
