import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

const bad = '20260101000004_bad.sql';
const up = '-- migrate:up\n';
const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** What the file holds, and how the one line about it begins. */
const texts: readonly (readonly [string, string | Buffer, string])[] = [
  ['NUL', `${up}SELECT 1;\nSELECT '\0';\n`, `migrations/${bad}:3 holds a NUL`],
  [
    'invalid UTF-8',
    bytes(up, 'SELECT ', [0xe9], ';\n'),
    `migrations/${bad}:2 is not valid UTF-8 (byte 21 of the file).`,
  ],
  ['UTF-16', Buffer.from(`\ufeff${up}`, 'utf16le'), `migrations/${bad} is UTF-16.`],
  ['a second byte order mark', `\ufeff\ufeff${up}SELECT 1;\n`, `migrations/${bad}:1:1: `],
  [
    'a psql command',
    `${up}SELECT 1;\n\\connect other\n`,
    `migrations/${bad}:3:1: psql's command \\connect is not SQL.`,
  ],
  ['\\restrict of pg_dump', `${up}\\restrict abc\n`, `migrations/${bad}:2:1: psql's command \\restrict is not SQL.`],
  ['COPY without an end', `${up}COPY a FROM stdin;\n1\n2\n`, `migrations/${bad}:2:1: the data of COPY`],
  ['COPY to stdout', `${up}\r\n  COPY a TO stdout;\n`, `migrations/${bad}:3:3: COPY … TO stdout`],
  ['an open string', `${up}SELECT '🐘', 'open;\n`, `migrations/${bad}:2:13: a string is never closed.`],
  ['an open dollar quote', `${up}DO $x$ BEGIN END $y$;\n`, `migrations/${bad}:2:4: the dollar quote $x$`],
  ['an open comment', `${up}SELECT 1; /* /* */\n`, `migrations/${bad}:2:11: a comment is never closed.`],
  ['no marker', 'SELECT 1;\n', `migrations/${bad}:1:1: there is no "-- migrate:up" line.`],
  ['nothing at all', '', `migrations/${bad}:1:1: there is no "-- migrate:up" line.`],
  ['an up of comments', `${up}-- later\n/* ; */;;\n`, `migrations/${bad} has nothing to run`],
  ['two ups', `${up}SELECT 1;\n${up}SELECT 2;\n`, `migrations/${bad}:3:1: a second "-- migrate:up".`],
  ['an unknown option', '-- migrate:up transaction:maybe\nSELECT 1;\n', `migrations/${bad}:1:1: unknown option`],
  [
    'string rules',
    `${up}SET standard_conforming_strings = off;\n`,
    `migrations/${bad}:2:1: standard_conforming_strings`,
  ],
];

describe('a file that cannot be run ends every command that would run it, and nothing is touched', () => {
  it.each(texts)('2: %s', async (_what, text, said) => {
    const project = await createProject(threeRevisions);
    await writeFile(join(project.migrations, bad), text);
    await project.migrate(['lock']);
    const { exitCode, stderr } = await project.migrate(['upgrade']);
    expect(stderr).toContain(said);
    expect(exitCode).toBe(2);
    await expectUntouched(project);
  });
});

describe('a folder with something odd in it', () => {
  it('2: a link to nothing, to itself, or to a folder is named with its reason', async () => {
    const project = await createProject(threeRevisions);
    const link = join(project.migrations, bad);
    for (const [target, reason] of [
      ['/nowhere/at/all', 'it is a link to nothing'],
      [bad, 'it is a link to itself'],
      [project.directory, 'it is a folder'],
    ] as const) {
      await symlink(target, link);
      for (const command of [['upgrade'], ['check'], ['lock'], ['history']]) {
        const { exitCode, stderr } = await project.migrate(command);
        expect(stderr).toContain(`migrations/${bad} cannot be read: ${reason}.`);
        expect(exitCode).toBe(2);
      }
      await rm(link);
    }
    await expectUntouched(project);
  });

  it('a folder that is named as a revision is warned of', async () => {
    const { migrate, migrations } = await createProject(threeRevisions);
    await mkdir(join(migrations, bad));
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`warning: Not revisions, so never run: ${bad} (a folder).`);
  });

  it('a link to a file, and a folder that is a link, are as good as what they point to', async () => {
    const { migrate, migrations, directory, lock } = await createProject(threeRevisions);
    await writeFile(join(directory, 'elsewhere.sql'), `${up}SELECT 1;\n`);
    await symlink('../elsewhere.sql', join(migrations, bad));
    await lock();
    await symlink(migrations, join(directory, 'linked'));
    expect((await migrate(['upgrade', '--migrations', 'linked'])).exitCode).toBe(0);
    expect((await migrate(['check'])).exitCode).toBe(0);
  });
});

describe('a lock file that is no lock file', () => {
  it.each([
    [
      'with the marks of a merge',
      (text: string) => `${text}<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n`,
      'migrations.lock:6 holds the marks of an unfinished merge.\n  Keep the revision files of both branches',
    ],
    ['of a foreign kind', () => '{"lockfileVersion": 3}\n', 'migrations.lock:1 is not "name sha256"'],
    ['that is empty', () => '', '20260101000001_create_accounts is not in migrations.lock'],
    [
      'with a name twice',
      (text: string) => text + (text.trimEnd().split('\n').at(-1) ?? ''),
      'migrations.lock:6 names 20260101000003_index_email a second time',
    ],
  ])('5: %s', async (_what, edit, said) => {
    const project = await createProject(threeRevisions);
    const { readFile } = await import('node:fs/promises');
    await project.write('migrations.lock', edit(await readFile(join(project.migrations, 'migrations.lock'), 'utf8')));
    const { exitCode, stderr } = await project.migrate(['upgrade']);
    expect(stderr).toContain(said);
    expect(exitCode).toBe(5);
    await expectUntouched(project);
    await project.lock();
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
  });

  it('2: but a folder', async () => {
    const project = await createProject(threeRevisions);
    await rm(join(project.migrations, 'migrations.lock'));
    await mkdir(join(project.migrations, 'migrations.lock'));
    for (const command of [['upgrade'], ['lock']]) {
      const { exitCode, stderr } = await project.migrate(command);
      expect(stderr).toContain('migrations/migrations.lock cannot be read: it is a folder.');
      expect(exitCode).toBe(2);
    }
  });

  it('with the line ends of Windows is one', async () => {
    const { migrate, write, migrations } = await createProject(threeRevisions);
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(join(migrations, 'migrations.lock'), 'utf8');
    await write('migrations.lock', text.replaceAll('\n', '\r\n'));
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
  });
});

describe('names and surroundings', () => {
  it('2: a schema of PostgreSQL, or a name that it would cut off, is refused before it is asked', async () => {
    const project = await createProject(threeRevisions);
    for (const [name, said] of [
      ['pg_mine', '--history-schema is a schema of PostgreSQL itself.'],
      ['information_schema', '--history-schema is a schema of PostgreSQL itself.'],
      ['ä'.repeat(32), '--history-schema is longer than the 63 bytes of a PostgreSQL name.'],
    ] as const) {
      const { exitCode, stderr } = await project.migrate(['upgrade', `--history-schema=${name}`]);
      expect(stderr).toContain(said);
      expect(exitCode).toBe(2);
    }
    await expectUntouched(project);
  });

  it.each(['weird "quoted" ñame 🐘', "o'clock; --", 'new\nline', '$1', ' '])(
    'a record in schema %j works with every command',
    async (name) => {
      const { migrate } = await createProject(threeRevisions);
      const schema = `--history-schema=${name}`;
      for (const command of [['upgrade'], ['check'], ['current'], ['history'], ['doctor'], ['downgrade', 'base']]) {
        const { exitCode, stderr } = await migrate([...command, schema]);
        expect({ command, exitCode, stderr }).toMatchObject({ exitCode: 0 });
      }
    },
  );

  it('what the environment says to libpq, to the clock or to the language changes nothing', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': `${up}CREATE TABLE a AS SELECT current_setting('TimeZone') AS zone, current_setting('search_path') AS path, timestamptz '2026-01-01 12:00' AS at;\n`,
    });
    const env = {
      PGOPTIONS: '-c search_path=nowhere -c statement_timeout=1',
      PGSERVICE: 'nope',
      PGTZ: 'Asia/Tokyo',
      PGDATESTYLE: 'German',
      PGCLIENTENCODING: 'LATIN1',
      TZ: 'Pacific/Kiritimati',
      LC_ALL: 'tr_TR.UTF-8',
    };
    const { exitCode, stderr } = await migrate(['upgrade'], { env });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT zone, path, at::text FROM a')).toMatchObject([
      { zone: 'UTC', path: '"$user", public' },
    ]);
  });
});

async function expectUntouched({ database }: MigrationProject): Promise<void> {
  expect(
    await database.query("SELECT to_regnamespace('migrations') AS record, to_regclass('accounts') AS accounts"),
  ).toEqual([{ record: null, accounts: null }]);
}
