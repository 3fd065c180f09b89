import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { writeRevision } from '../../../src/authoring/write-revision.ts';
import { lockFileProblems } from '../../../src/runner/files/lock-file.ts';
import { loadScriptRevision } from '../../../src/runner/files/load-script-revision.ts';
import { parseSqlRevision } from '../../../src/runner/files/parse-sql-revision.ts';
import { readRevisions } from '../../../src/runner/files/read-revisions.ts';
import { refusalOf } from '../contract/refusal.ts';
import { revisionFolder } from '../runner/files/revision-folder.ts';

const now = new Date('2026-03-01T13:00:05+01:00');
const write = (directory: string, message: string, format: 'sql' | 'ts' = 'sql'): Promise<string> =>
  writeRevision({ directory, message, format, now });

describe('writeRevision', () => {
  it('writes a file named by the time in UTC and the message, and answers its path', async () => {
    const directory = await revisionFolder({});
    const path = await write(directory, 'Add phone number!');
    expect(path).toBe(join(directory, '20260301120005_add_phone_number.sql'));
    expect(await readFile(path, 'utf8')).toMatch(
      /^-- Add phone number!\n(?:--[^\n]*\n)+\n-- migrate:up\n\n-- migrate:down\n$/,
    );
  });

  it('makes the folder when there is none', async () => {
    const directory = join(await revisionFolder({}), 'deep', 'migrations');
    expect(await readdir(join(await write(directory, 'first'), '..'))).toHaveLength(2);
  });

  it('what it writes is a revision, and the lock file knows it', async () => {
    const directory = await revisionFolder({});
    for (const [message, format] of [
      ['one', 'sql'],
      ['two', 'ts'],
      ['three', 'sql'],
    ] as const)
      await write(directory, message, format);
    const { revisions, lockText, strangers } = await readRevisions(directory);
    expect(revisions.map(({ name }) => name)).toEqual([
      '20260301120005_one',
      '20260301120006_two',
      '20260301120007_three',
    ]);
    expect([lockFileProblems(lockText, revisions), strangers]).toEqual([[], []]);
  });

  it('the SQL template parses, and has neither an up nor a down yet', async () => {
    const path = await write(await revisionFolder({}), 'x');
    const { up, down } = parseSqlRevision(await readFile(path, 'utf8'), path);
    expect([up.statements, down]).toEqual([[], undefined]);
  });

  it.each(['sql', 'ts'] as const)(
    'an empty revision (%s) names the forms that let others work meanwhile',
    async (format) => {
      const text = await readFile(await write(await revisionFolder({}), 'x', format), 'utf8');
      for (const form of ['CONCURRENTLY', 'NOT VALID', 'VALIDATE CONSTRAINT', 'batch', 'next release', 'migrate lint'])
        expect(text).toContain(form);
      expect(text).toContain(format === 'sql' ? 'transaction:false' : 'export const transaction = false');
    },
  );

  it('the TypeScript template loads with up and down', async () => {
    const path = await write(await revisionFolder({}), 'backfill', 'ts');
    expect(basename(path)).toBe('20260301120005_backfill.ts');
    const { up, down } = await loadScriptRevision({ path, file: 'x' });
    expect([typeof up, typeof down]).toEqual(['function', 'function']);
    expect(await readFile(path, 'utf8')).toMatch(
      /^\/\/ backfill\n(?:\/\/[^\n]*\n)+import type \{ RevisionContext \} from 'wumbo-migrations';\n/,
    );
  });

  it.each(['20260301120005', '20260301120059', '20260301125959', '20261231235959', '20280228235959'])(
    'a revision from a clock that was ahead (%s) is followed, not preceded',
    async (id) => {
      const directory = await revisionFolder({ [`${id}_ahead.sql`]: '-- migrate:up\n' });
      const written = basename(await write(directory, 'mine'));
      const { revisions } = await readRevisions(directory);
      expect(revisions.at(-1)?.name).toBe(basename(written, '.sql'));
    },
  );

  it('follows the second across minute, day and leap day', async () => {
    const directory = await revisionFolder({ '20280228235959_ahead.sql': '-- migrate:up\n' });
    expect(basename(await write(directory, 'mine'))).toBe('20280229000000_mine.sql');
  });

  it.each(['99999999999999', '20261301000000', '20260332000000', '20260301240061'])(
    'an id that is no date (%s) is followed too, or refused in words',
    async (id) => {
      const directory = await revisionFolder({ [`${id}_odd.sql`]: '-- migrate:up\n' });
      const outcome = await write(directory, 'mine').then(
        (path) => basename(path) > `${id}_odd.sql`,
        (error: unknown) => (error as Error).name === 'MigrateError',
      );
      expect(outcome).toBe(true);
    },
  );

  it('appends to the lock file and leaves its other lines as they are', async () => {
    const lock = '# mine\r\n20260101000000_a 0000\r\n';
    const directory = await revisionFolder({ '20260101000000_a.sql': '-- migrate:up\n', 'migrations.lock': lock });
    await write(directory, 'b');
    const text = await readFile(join(directory, 'migrations.lock'), 'utf8');
    expect(text.startsWith(lock)).toBe(true);
    expect(text.slice(lock.length)).toMatch(/^20260301120005_b [0-9a-f]{64}\n$/);
  });

  it('a lock file without a newline at its end gets one first', async () => {
    const directory = await revisionFolder({ '20260101000000_a.sql': '-- migrate:up\n', 'migrations.lock': '# mine' });
    await write(directory, 'b');
    expect(await readFile(join(directory, 'migrations.lock'), 'utf8')).toMatch(/^# mine\n20260301120005_b /);
  });

  it('without a lock file it is made for all revisions', async () => {
    const directory = await revisionFolder({ '20260101000000_a.sql': '-- migrate:up\n' });
    await write(directory, 'b');
    const { revisions, lockText } = await readRevisions(directory);
    expect(lockFileProblems(lockText, revisions)).toEqual([]);
  });

  it('the lock file of a folder whose revisions are all gone keeps their lines: their loss must not go unseen', async () => {
    const lock = `20260101000000_a ${'a'.repeat(64)}\n`;
    const directory = await revisionFolder({ 'migrations.lock': lock });
    await write(directory, 'b');
    expect(await readFile(join(directory, 'migrations.lock'), 'utf8')).toContain(lock);
  });

  it.each(['migrate:up', 'migrate:down', 'alembic: 68b324aa3d62'])(
    'the message "%s" stays a title: it becomes no marker of the file',
    async (message) => {
      const directory = await revisionFolder({});
      const path = await write(directory, message);
      const text = await readFile(path, 'utf8');
      expect(() => parseSqlRevision(text, path)).not.toThrow();
      expect((await readRevisions(directory)).revisions[0]?.alembicId).toBeUndefined();
    },
  );

  it('a message of many lines becomes one line, so that none of them is SQL', async () => {
    const path = await write(await revisionFolder({}), 'drop\nDROP TABLE users;\r\n\u2028x');
    expect((await readFile(path, 'utf8')).split('\n')[0]).toBe('-- drop DROP TABLE users; x');
  });
});

describe('writeRevision refuses', () => {
  it.each(['', '   ', '!!!', '🚀', '漢字'])(
    'the message %j, which gives no file name, and writes nothing',
    async (message) => {
      const directory = await revisionFolder({});
      expect(await refusalOf(write(directory, message))).toEqual({
        code: 'bad-message',
        exitCode: 2,
        message: `The message "${message}" gives no file name.`,
        hint: 'Say what changes in words: `migrate revision -m "add user preferences"`.',
      });
      expect(await readdir(directory)).toEqual([]);
    },
  );

  it('a folder that holds one id twice, and writes nothing', async () => {
    const directory = await revisionFolder({ '20260101000000_a.sql': '', '20260101000000_b.sql': '' });
    expect((await refusalOf(write(directory, 'c'))).code).toBe('duplicate-revision');
    expect(await readdir(directory)).toHaveLength(2);
  });

  it('a folder that is a file, in words: that is no bug of ours', async () => {
    const directory = join(await revisionFolder({}), 'migrations');
    await writeFile(directory, '');
    expect(await refusalOf(write(directory, 'a'))).toMatchObject({ code: 'migrations-folder', exitCode: 2 });
  });
});
