import { appendFile, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { parseSqlFile, type FileSection } from '../../../../src/runner/files/parse-sql-file.ts';
import { parseSqlRevision } from '../../../../src/runner/files/parse-sql-revision.ts';
import { readRevisions, type RevisionFile } from '../../../../src/runner/files/read-revisions.ts';
import { readSqlRevision } from '../../../../src/runner/files/read-sql-revision.ts';
import { splitStatements } from '../../../../src/runner/files/split-statements.ts';
import { refusal, refusalOf } from '../../contract/refusal.ts';
import { revisionFolder } from './revision-folder.ts';

const insert = (row: number): string => `INSERT INTO t VALUES (${row}, 'it''s 🚀; -- no. ${row}');\r\n`;
const inserts = Array.from({ length: 12_000 }, (_, row) => insert(row)).join('');
const copy = `COPY t FROM stdin;\n${'1\tx; -- 🚀\n'.repeat(40_000)}\\.\n`;
const large = `\ufeff-- é\r\n-- migrate:up\r\n${inserts}${copy}${insert(1)}-- migrate:down\nDELETE FROM t;\n`;

async function revisionOf(text: string): Promise<RevisionFile> {
  const { revisions } = await readRevisions(await revisionFolder({ '20260101000000_a.sql': text }));
  const [revision] = revisions;
  if (!revision) throw new Error('expected a revision');
  return revision;
}

/** The statements that the pieces hold, as text, with their data. */
async function statementsOf({ revision, pieces }: FileSection): Promise<readonly string[]> {
  const bytes = await readFile(revision.path);
  const text = (span: { offset: number; end: number }): string => bytes.subarray(span.offset, span.end).toString();
  return pieces.flatMap((piece) =>
    piece.copyData
      ? [`${text(piece)}: ${text(piece.copyData)}`]
      : splitStatements(text(piece)).map((statement) => statement.text),
  );
}

describe('parseSqlFile', () => {
  it('finds the statements that parseSqlRevision finds, in pieces of at most 256 KiB', async () => {
    const { up, down } = await parseSqlFile(await revisionOf(large));
    const whole = parseSqlRevision(large.slice(1), 'a.sql');
    expect(up.statements).toBe(whole.up.statements.length);
    expect(await statementsOf(up)).toEqual(
      whole.up.statements.map(({ text, copyData }) =>
        copyData ? `${text}: ${whole.up.text.slice(copyData.offset, copyData.end)}` : text,
      ),
    );
    expect(down && (await statementsOf(down))).toEqual(['DELETE FROM t']);
    expect(up.pieces.length).toBeGreaterThan(3);
    for (const piece of up.pieces) expect(piece.end - piece.offset).toBeLessThanOrEqual(262_144);
    for (const [index, piece] of up.pieces.entries()) {
      const before = up.pieces[index - 1];
      expect(piece.firstStatement).toBe(before ? before.firstStatement + before.statements : 1);
    }
  });

  it('a statement that is longer than a piece is one of its own', async () => {
    const long = `SELECT '${'x'.repeat(300_000)}';\n`;
    const { up } = await parseSqlFile(await revisionOf(`-- migrate:up\nSELECT 1;\n${long}SELECT 2;\n`));
    expect(up.pieces.map(({ statements }) => statements)).toEqual([1, 1, 1]);
  });

  it.each([
    ['no marker', 'SELECT 1;\n'],
    ['nothing', ''],
    ['a statement above', 'SELECT 1;\n-- migrate:up\n'],
    ['a near miss with an umlaut', '-- migrate:up\n -- migrate:down für später\n'],
    ['a string without an end, far below', `-- migrate:up\n${inserts}SELECT 'é`],
    ['a COMMIT at the end', `-- migrate:up\n${inserts}COMMIT;`],
    ['data without an end', `\ufeff-- migrate:up\n${inserts}${copy.replace('\\.', '')}`],
    ['an unclosed quote in front of the down marker', "-- migrate:up\nSELECT '\n-- migrate:down\nSELECT ''"],
    ['an unknown option', '-- migrate:up transaction:früh\n'],
  ])('refuses as parseSqlRevision does, with the same place: %s', async (_what, text) => {
    const revision = await revisionOf(text);
    const plain = text.replace(/^\ufeff/, '');
    expect(await refusalOf(parseSqlFile(revision))).toEqual(refusal(() => parseSqlRevision(plain, revision.file)));
  });

  it('a file that was edited since the folder was read does not run', async () => {
    const revision = await revisionOf('-- migrate:up\nSELECT 1;\n');
    await appendFile(revision.path, 'SELECT 2;\n');
    expect(await refusalOf(parseSqlFile(revision))).toMatchObject({ code: 'file-changed', exitCode: 5 });
  });
});

describe('parseSqlFile of a large file', () => {
  it('sees an edit that left its length and its time of change as they were', async () => {
    const revision = await revisionOf(`-- migrate:up\n${inserts.repeat(8)}`);
    expect(revision.state).toBeDefined();
    const { atime, mtime } = await stat(revision.path);
    const edited = (await readFile(revision.path, 'utf8')).replace('no. 11999', 'no. 11998');
    // The clock of a file system has ticks of some milliseconds.
    await setTimeout(20);
    await writeFile(revision.path, edited);
    await utimes(revision.path, atime, mtime);
    expect(await refusalOf(parseSqlFile(revision))).toMatchObject({ code: 'file-changed', exitCode: 5 });
  });
});

describe('readSqlRevision', () => {
  it('reads a large file in parts, and gives what is short enough for the record', async () => {
    const revision = await revisionOf(`-- migrate:up\n${inserts.repeat(8)}-- migrate:down\nDELETE FROM t;\n`);
    expect(revision.isLarge).toBe(true);
    const { up, down, upBody, downBody, unstored } = await readSqlRevision(revision);
    expect([up.kind, down?.kind]).toEqual(['sql-file', 'sql-file']);
    expect({ upBody, downBody }).toEqual({ upBody: undefined, downBody: '-- migrate:down\nDELETE FROM t;\n' });
    expect(unstored).toBe(
      'The record keeps no copy of the up section of migrations/20260101000000_a.sql, of more than 1 MiB.',
    );
  });

  it('says when a revision cannot be reverted without its file', async () => {
    const text = `-- migrate:up\n${inserts.repeat(2)}-- migrate:down\n${inserts.repeat(2)}`;
    const { up, upBody, downBody, unstored } = await readSqlRevision(await revisionOf(text));
    expect({ kind: up.kind, upBody, downBody }).toEqual({ kind: 'sql', upBody: undefined, downBody: undefined });
    expect(unstored).toContain('up and down sections');
    expect(unstored).toContain('reverting it will need the file');
  });
});
