import { describe, expect, it } from 'vitest';

import { lockKey } from '../../../src/runner/database/record/runner-lock.ts';
import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';

/** Cases of docs/correctness.md that belong to no other file here. */
describe('the runner’s lock and transactions', () => {
  it('without the lock nothing is made, not even the record; another record in the same database has its own lock', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const other = await database.connect();
    await other.query(`SELECT pg_advisory_lock(${lockKey(database.name, 'migrations')})`);
    const upgrade = ['upgrade', '--lock-wait', '200ms'];
    expect((await migrate(upgrade)).exitCode).toBe(7);
    expect(await database.query("SELECT to_regnamespace('migrations') AS found")).toEqual([{ found: null }]);
    expect((await migrate([...upgrade, '--history-schema', 'other_record'])).exitCode).toBe(0);
  });

  it('an enum value that one revision adds can be used by the next one of the same run, and not before', async () => {
    const use = "INSERT INTO people VALUES ('new');\n";
    const { migrate, write, lock, database } = await createProject({
      '20260101000001_enum.sql': "-- migrate:up\nCREATE TYPE mood AS ENUM ('old');\nCREATE TABLE people (mood mood);\n",
      '20260101000002_add.sql': `-- migrate:up\nALTER TYPE mood ADD VALUE 'new';\n${use}`,
    });
    const refused = await migrate(['upgrade']);
    expect(refused.exitCode).toBe(6);
    expect(refused.stderr).toContain('SQLSTATE 55P04');
    await write('20260101000002_add.sql', "-- migrate:up\nALTER TYPE mood ADD VALUE 'new';\n");
    await write('20260101000003_use.sql', `-- migrate:up\n${use}`);
    await lock();
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect(await database.query('SELECT mood::text FROM people')).toEqual([{ mood: 'new' }]);
  });

  it.each([
    [
      'a script',
      'ts',
      "export const up = async ({ client, log }) => { log('a try'); await client.query('LOCK TABLE accounts'); };",
      6,
    ],
    [
      'a revision without a transaction',
      'sql',
      "-- migrate:up transaction:false\nDO $$ BEGIN RAISE WARNING 'a try'; END $$;\nALTER TABLE accounts ADD COLUMN x int;\n",
      10,
    ],
  ])('a table lock that cannot be had is no reason to run %s again', async (_what, extension, text, code) => {
    const { migrate, write, lock, database } = await createProject({
      '20260101000001_accounts.sql': threeRevisions['20260101000001_create_accounts.sql'],
    });
    await migrate(['upgrade']);
    await write(`20260101000002_once.${extension}`, text);
    await lock();
    const blocker = await database.connect();
    await blocker.query('BEGIN; LOCK TABLE accounts');
    const { exitCode, stderr } = await migrate(['upgrade', '--lock-timeout', '200ms', '--lock-retry-for', '5s']);
    expect(exitCode).toBe(code);
    expect(stderr).toContain('SQLSTATE 55P03');
    expect(stderr.split('a try')).toHaveLength(2);
  });
});

describe('what the session is set to', () => {
  it.each(['SET ROLE', 'SET SESSION AUTHORIZATION'])(
    '%s in a revision neither signs the record nor reaches the next revision',
    async (take) => {
      const { migrate, write, lock, database } = await createProject({});
      const role = `owner_${database.name}`;
      await write(
        '20260101000001_a.sql',
        `-- migrate:up\nCREATE ROLE ${role};\nGRANT CREATE ON SCHEMA public TO ${role};\n${take} ${role};\nCREATE TABLE a (id int);\n`,
      );
      await write('20260101000002_b.sql', '-- migrate:up\nCREATE TABLE b (id int);\n');
      await lock();
      const { exitCode, stderr } = await migrate(['upgrade']);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(
        await database.query("SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
      ).toEqual([
        { tablename: 'a', tableowner: role },
        { tablename: 'b', tableowner: 'postgres' },
      ]);
      expect(await database.query('SELECT DISTINCT database_role FROM migrations.history')).toEqual([
        { database_role: 'postgres' },
      ]);
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    },
  );

  it('what the owner set for the database does not apply to a run: the runner’s own settings do', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql':
        "-- migrate:up\nSELECT pg_sleep(0.3);\nCREATE TABLE a AS SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement, '\\' AS backslash;\n",
    });
    for (const setting of ["statement_timeout = '100ms'", "lock_timeout = '1h'", 'standard_conforming_strings = off'])
      await database.query(`ALTER DATABASE ${database.name} SET ${setting}`);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT * FROM a')).toEqual([{ lock: '5s', statement: '0', backslash: '\\' }]);
  });
});

describe('what a run says', () => {
  it('a notice of the server is an event with its revision, statement and line; people are shown warnings, and notices with --verbose', async () => {
    const { migrate } = await createProject({
      '20260101000001_a.sql':
        "-- migrate:up\nDROP TABLE IF EXISTS nope;\nDO $$ BEGIN RAISE WARNING 'look here'; END $$;\n-- migrate:down\nDROP TABLE IF EXISTS nope;\n",
    });
    const { stdout } = await migrate(['upgrade'], { env: { MIGRATE_CONTAINER: 'true' } });
    const revision = '20260101000001';
    expect(eventsOf(stdout).filter(({ event }) => event === 'notice')).toMatchObject([
      { revision, severity: 'NOTICE', message: 'table "nope" does not exist, skipping', statement: 1, line: 2 },
      { revision, severity: 'WARNING', message: 'look here', statement: 2, line: 3 },
    ]);
    expect((await migrate(['downgrade', 'base'])).stderr).not.toContain('skipping');
    expect((await migrate(['upgrade'])).stderr).toContain('WARNING: look here (line 3)');
    expect((await migrate(['downgrade', 'base', '--verbose'])).stderr).toContain('NOTICE: table "nope" does not exist');
  });

  it('a reader that goes away does not end the run', async () => {
    const { startMigrate, database } = await createProject(threeRevisions);
    const run = startMigrate(['upgrade', '--json']);
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    expect((await run.finished).exitCode).toBe(0);
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
  });

  it('an error has its place behind CRLF and emoji, and its context inside a function', async () => {
    for (const [sql, said] of [
      ["SELECT 1;\r\nSELECT '🐘🐘', nope;\r\n", 'migrations/20260101000001_a.sql:3:14: column "nope" does not exist'],
      ['SELECT 1;\r\nDO $$ BEGIN PERFORM 1 / 0; END $$;\r\n', 'PL/pgSQL function inline_code_block line 1 at PERFORM'],
    ] as const) {
      const { migrate } = await createProject({ '20260101000001_a.sql': `-- migrate:up\r\n${sql}` });
      const { exitCode, stderr } = await migrate(['upgrade']);
      expect(exitCode).toBe(6);
      expect(stderr).toContain(said);
      expect(stderr).toContain('migrations/20260101000001_a.sql:3:');
    }
  });
});
