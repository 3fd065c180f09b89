import { describe, expect, it } from 'vitest';

import { lockKey } from '../../../src/runner/database/record/runner-lock.ts';
import { createProject } from '../../support/migrations.ts';

const recorded = 'SELECT revision FROM migrations.history';

describe('the record tells the truth', () => {
  it.each(['COMMIT', 'ROLLBACK', 'BEGIN', 'END', 'START TRANSACTION', 'ABORT'])(
    'a %s in a transactional file is refused before it runs',
    async (control) => {
      const { migrate, database } = await createProject({
        '20260101000001_a.sql': `-- migrate:up\nCREATE TABLE a (id int);\n${control};\n-- migrate:down\nDROP TABLE a;\n`,
      });
      const { exitCode, stderr } = await migrate(['upgrade']);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('migrations/20260101000001_a.sql:3:1:');
      expect(stderr).toContain('inside a revision that already runs in a transaction');
      expect(await database.query("SELECT to_regclass('a') AS found")).toEqual([{ found: null }]);
    },
  );

  it.each([
    [
      'commits',
      "await client.query('CREATE TABLE a (id int)'); await client.query('COMMIT');",
      'it ended the transaction',
    ],
    ['rolls back', "await client.query('ROLLBACK');", 'it ended the transaction'],
    ['chains', "await client.query('COMMIT AND CHAIN');", 'it ended the transaction'],
    ['swallows a failure', "await client.query('SELECT 1/0').catch(() => undefined);", 'the failure was swallowed'],
    ['leaves a query unawaited', "void client.query('SELECT pg_sleep(0.2)');", 'await every query'],
    ['throws', "throw new Error('no luck');", 'no luck'],
    ['calls process.exit', 'process.exit(0);', 'it called process.exit(0): throw an error instead'],
    ['calls process.exit and swallows that', 'try { process.exit(0); } catch {}', 'it called process.exit and went on'],
    [
      'fails in a timer',
      "await new Promise((done) => { setTimeout(() => { throw new Error('from a timer'); }, 10); });",
      'from a timer',
    ],
    [
      'leaves a rejected promise',
      "void Promise.reject(new Error('nobody cares')); await client.query('SELECT pg_sleep(0.1)');",
      'nobody cares',
    ],
  ])('a script that %s is never recorded as applied', async (_, body, message) => {
    const { migrate, database } = await createProject({
      '20260101000001_a.ts': `export const up = async ({ client }) => { ${body} };`,
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(message);
    expect(await database.query(recorded)).toEqual([]);
  });

  it('a script that commits by itself is told what stays', async () => {
    const { migrate } = await createProject({
      '20260101000001_a.ts':
        "export const up = async ({ client }) => { await client.query('CREATE TABLE a (id int)'); await client.query('COMMIT'); };",
    });
    expect((await migrate(['upgrade'])).stderr).toContain(
      'What ran before that is in the database, but revision 20260101000001_a is not recorded.',
    );
  });

  it('a deferred constraint that fails at COMMIT is that revision’s failure', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': `-- migrate:up
CREATE TABLE a (id int PRIMARY KEY, parent int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
INSERT INTO a VALUES (1, 99);
-- migrate:down
DROP TABLE a;
`,
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('SQLSTATE 23503');
    expect(await database.query(recorded)).toEqual([]);
    expect(await database.query("SELECT to_regclass('a') AS found")).toEqual([{ found: null }]);
  });

  it('what a revision sets for the session does not reach the next one', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': `-- migrate:up
CREATE ROLE owner_of_${'x'.repeat(3)}_${Date.now()} NOLOGIN;
SELECT set_config('search_path', '', false);
SET statement_timeout = '1h';
-- migrate:down
SELECT 1;
`,
      '20260101000002_b.sql':
        "-- migrate:up\nCREATE TABLE b AS SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout;\n-- migrate:down\nDROP TABLE b;\n",
    });
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect(await database.query('SELECT * FROM public.b')).toEqual([{ path: '"$user", public', timeout: '0' }]);
  });

  it('a revision that gives away the runner’s lock stops the run', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nSELECT pg_advisory_unlock_all();\n-- migrate:down\nSELECT 1;\n',
      '20260101000002_b.sql': '-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('gave away the runner’s lock');
    expect(await database.query(recorded)).toEqual([{ revision: '20260101000001' }]);
  });

  it('the runner’s lock is held twice: a revision that gives one of the two away has not given it to anybody', async () => {
    const { migrate, write, lock, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nSELECT 1;\n',
    });
    const giveBack = `SELECT pg_advisory_unlock(${lockKey(database.name, 'migrations')});\n`;
    const isHeld =
      "SELECT 1 / count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid();\n";
    await write('20260101000002_b.sql', `-- migrate:up\n${giveBack}`);
    await write('20260101000003_c.sql', `-- migrate:up\n${isHeld}`);
    await write('20260101000004_d.sql', `-- migrate:up\n${giveBack}${giveBack}`);
    await write('20260101000005_e.sql', '-- migrate:up\nSELECT 1;\n');
    await lock();
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('gave away the runner’s lock');
    expect(await database.query(`${recorded} ORDER BY revision DESC LIMIT 1`)).toEqual([
      { revision: '20260101000004' },
    ]);
  });
});
