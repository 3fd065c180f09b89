import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { describe, expect, it } from 'vitest';

import { checksumOf } from '../../../../src/runner/files/normalised-text.ts';
import { readRevisions, readRevisionText, type RevisionFile } from '../../../../src/runner/files/read-revisions.ts';
import { refusalOf } from '../../contract/refusal.ts';
import { revisionFolder } from './revision-folder.ts';

const empty = '-- migrate:up\n';

async function onlyRevision(files: Record<string, string | Uint8Array>): Promise<RevisionFile> {
  const { revisions } = await readRevisions(await revisionFolder(files));
  const [revision] = revisions;
  if (revisions.length !== 1 || !revision) throw new Error(`expected one revision, got ${revisions.length}`);
  return revision;
}

describe('readRevisions', () => {
  it('gives the revisions by id, whatever the order of the folder and the extension', async () => {
    const directory = await revisionFolder({
      '20260103000000_c.sql': empty,
      '20260101000000_a.ts': 'export const up = 1;',
      '20260102000000_b.js': '',
    });
    const { revisions, lockText, strangers } = await readRevisions(directory);
    expect(revisions.map(({ name, extension }) => `${name}.${extension}`)).toEqual([
      '20260101000000_a.ts',
      '20260102000000_b.js',
      '20260103000000_c.sql',
    ]);
    expect({ lockText, strangers }).toEqual({ lockText: undefined, strangers: [] });
  });

  it('a revision knows its absolute path, its path for people and the checksum of its normalised text', async () => {
    const directory = await revisionFolder({ '20260101000000_a.sql': '\ufeff-- migrate:up\r\nSELECT 1;\r\n' });
    const { revisions } = await readRevisions(relative(process.cwd(), directory));
    expect(revisions[0]).toMatchObject({
      id: '20260101000000',
      path: join(directory, '20260101000000_a.sql'),
      file: 'migrations/20260101000000_a.sql',
      checksum: checksumOf('-- migrate:up\nSELECT 1;\n'),
    });
  });

  it('the lock file comes along as it is', async () => {
    const directory = await revisionFolder({ '20260101000000_a.sql': empty, 'migrations.lock': '# text\r\n' });
    expect((await readRevisions(directory)).lockText).toBe('# text\r\n');
  });

  it('known company of revisions is ignored, folders too; anything else is named', async () => {
    const directory = await revisionFolder({
      '20260101000000_a.js': '',
      '20260101000000_a.js.map': '',
      '20260101000000_a.d.ts': '',
      '20260101000000_a.sql~': '',
      '20260101000000_a.sql.orig': '',
      '.20260101000000_a.sql.swp': '',
      '._20260101000000_a.sql': '',
      '.DS_Store': '',
      '.gitkeep': '',
      README: '',
      'notes.md': '',
      'package.json': '{"type":"module"}',
      'tsconfig.json': '{}',
      'old/20250101000000_old.sql': empty,
      '20260102000000_Capital.sql': empty,
      '20260103000000_a.test.ts': '',
      'seed.sql': '',
    });
    const { revisions, strangers } = await readRevisions(directory);
    expect(revisions.map(({ name }) => name)).toEqual(['20260101000000_a']);
    expect(strangers.toSorted()).toEqual(['20260102000000_Capital.sql', '20260103000000_a.test.ts', 'seed.sql']);
  });

  it.each([
    ['of SQL', 'sql', '-- alembic: 68b324aa3d62\n-- migrate:up\n'],
    ['of TypeScript', 'ts', '// alembic: 68b324aa3d62\nexport const up = 1;'],
    ['with blanks and CRLF', 'sql', '-- title\r\n--\talembic:   68b324aa3d62 \r\n-- migrate:up\r\n'],
    ['without blanks', 'sql', '--alembic:68b324aa3d62'],
  ])('the id that Alembic knew comes from the header line %s', async (_what, extension, text) => {
    expect((await onlyRevision({ [`20260101000000_a.${extension}`]: text })).alembicId).toBe('68b324aa3d62');
  });

  it.each([
    ['a sentence about Alembic', '-- alembic: the old tool\n'],
    ['an indented line', '  -- alembic: 68b324aa3d62\n'],
    ['no id', '-- alembic:\n68b324aa3d62\n'],
  ])('%s is no Alembic id', async (_what, text) => {
    expect((await onlyRevision({ '20260101000000_a.sql': text })).alembicId).toBeUndefined();
  });
});

describe('readRevisions refuses', () => {
  const rename = 'A revision is named YYYYMMDDHHMMSS_words.sql; `migrate revision -m "what changes"` writes one.';
  const name = 'Name it with --migrations DIR or MIGRATE_MIGRATIONS; in an image, COPY it to /migrations.';

  it('a folder that does not exist, with its absolute path', async () => {
    const directory = join(await revisionFolder({}), 'none');
    expect(await refusalOf(readRevisions(relative(process.cwd(), directory)))).toEqual({
      code: 'migrations-folder',
      exitCode: 2,
      message: `The migrations folder ${directory} does not exist.`,
      hint: name,
    });
  });

  it('a folder that is a file', async () => {
    const file = join(await revisionFolder({ 'a.sql': '' }), 'a.sql');
    expect(await refusalOf(readRevisions(file))).toEqual({
      code: 'migrations-folder',
      exitCode: 2,
      message: `The migrations folder ${file} cannot be read (ENOTDIR).`,
      hint: name,
    });
  });

  it.each([
    ['an empty folder', {}, 'is empty'],
    ['a folder with only a lock file', { 'migrations.lock': '' }, 'is empty'],
    ['a folder without a revision', { 'seed.sql': '', 'x.txt': '' }, 'holds no revision (found: seed.sql, x.txt)'],
  ])('%s: that is no "nothing to do"', async (_what, files, found) => {
    const directory = await revisionFolder(files);
    expect(await refusalOf(readRevisions(directory))).toEqual({
      code: 'migrations-folder',
      exitCode: 2,
      message: `The migrations folder ${directory} ${found}.`,
      hint: rename,
    });
  });

  it.each([
    ['two names', '20260101000000_a.sql', '20260101000000_b.sql'],
    ['a source beside its compiled file', '20260101000000_a.js', '20260101000000_a.ts'],
  ])('one id twice: %s', async (_what, left, right) => {
    const directory = await revisionFolder({ [left]: empty, [right]: empty, '20260102000000_c.sql': empty });
    const { code, exitCode, message, hint } = await refusalOf(readRevisions(directory));
    expect({ code, exitCode, hint }).toEqual({
      code: 'duplicate-revision',
      exitCode: 2,
      hint: 'Give one of them another timestamp, then run `migrate lock`.',
    });
    expect(message).toContain('Two files have the revision id 20260101000000: migrations/');
    expect([message.includes(left), message.includes(right)]).toEqual([true, true]);
  });

  it('a file that is no text', async () => {
    const directory = await revisionFolder({ '20260101000000_a.sql': Uint8Array.of(0x2d, 0xff) });
    expect((await refusalOf(readRevisions(directory))).message).toBe(
      'migrations/20260101000000_a.sql:1 is not valid UTF-8 (byte 1 of the file).',
    );
  });
});

describe('readRevisionText', () => {
  it('is the text as it stands, line ends included, without a byte order mark', async () => {
    expect(readRevisionText(await onlyRevision({ '20260101000000_a.sql': '\ufeffa\r\nb' }))).toBe('a\r\nb');
  });

  it('a file that changed since the folder was read does not run', async () => {
    const revision = await onlyRevision({ '20260101000000_a.sql': empty });
    await writeFile(revision.path, '-- migrate:up\nSELECT 2;');
    expect(await refusalOf(Promise.resolve(revision).then(readRevisionText))).toEqual({
      code: 'file-changed',
      exitCode: 5,
      message: 'migrations/20260101000000_a.sql was edited while this run was under way.',
      hint: 'Run it again when the file is finished.',
    });
  });

  it('a file that vanished since the folder was read is an error for people, not a bug of ours', async () => {
    const revision = await onlyRevision({ '20260101000000_a.sql': empty });
    await rm(revision.path);
    expect((await refusalOf(Promise.resolve(revision).then(readRevisionText))).message).toContain(
      'migrations/20260101000000_a.sql',
    );
  });
});
