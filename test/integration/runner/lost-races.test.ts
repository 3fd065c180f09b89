import { describe, expect, it, onTestFinished } from 'vitest';

import { startMessageProxy } from '../../support/message-proxy.ts';
import { createProject } from '../../support/migrations.ts';

const tables = '-- migrate:up\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);\n';
const both = 'ALTER TABLE a ADD COLUMN x int;\nALTER TABLE b ADD COLUMN x int;\n';

describe('a deadlock with another session', () => {
  it.each([
    ['SQL in a transaction is rolled back and tried again', 'sql', `-- migrate:up\n${both}`, 0],
    [
      '6: a script is not run again',
      'ts',
      "export const up = async ({ client }) => { await client.query('ALTER TABLE a ADD COLUMN x int'); await client.query('ALTER TABLE b ADD COLUMN x int'); };",
      6,
    ],
  ])('%s', async (_claim, extension, text, code) => {
    const { migrate, startMigrate, write, lock, database } = await createProject({
      '20260101000001_tables.sql': tables,
    });
    await migrate(['upgrade']);
    await write(`20260101000002_both.${extension}`, text);
    await lock();
    const other = await database.connect();
    // Only the runner looks for a deadlock, so it is the one that loses.
    await other.query("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE b");
    const run = startMigrate(['upgrade']);
    await untilWaiting(database);
    await other.query('LOCK TABLE a');
    await other.query('COMMIT');
    const { exitCode, stderr } = await run.finished;
    expect(exitCode).toBe(code);
    expect(stderr).toContain('deadlock detected');
    const tried = 'Statement 2 of 20260101000002_both lost against another session (deadlock detected); all of it was';
    expect(stderr.includes(tried)).toBe(code === 0);
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([
      { n: code === 0 ? 2 : 1 },
    ]);
  });

  it('10: a statement without a transaction is not sent again by itself', async () => {
    const { migrate, startMigrate, write, lock, database } = await createProject({
      '20260101000001_tables.sql': tables,
    });
    await migrate(['upgrade']);
    await write(
      '20260101000002_both.sql',
      `-- migrate:up transaction:false\nDO $$ BEGIN LOCK TABLE a; LOCK TABLE b; END $$;\n`,
    );
    await lock();
    const other = await database.connect();
    await other.query("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE b");
    const run = startMigrate(['upgrade']);
    await untilWaiting(database);
    await other.query('LOCK TABLE a');
    await other.query('COMMIT');
    const { exitCode, stderr } = await run.finished;
    expect(exitCode).toBe(10);
    expect(stderr).toContain('SQLSTATE 40P01');
  });
});

it('6: a serialization failure is tried again only as long as --lock-retry-for says', async () => {
  const { migrate } = await createProject({
    '20260101000001_a.sql':
      "-- migrate:up\nCREATE TABLE a (id int);\nDO $$ BEGIN RAISE 'could not serialize' USING ERRCODE = '40001'; END $$;\n",
  });
  const { exitCode, stderr } = await migrate(['upgrade', '--lock-retry-for', '1s']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('lost against another session (could not serialize)');
  expect(stderr).toContain('SQLSTATE 40001');
  expect(stderr).toContain('hint: Another session used the same rows or tables at the same moment');
});

it('6: a COMMIT that the server answers with ROLLBACK is a failure, and nothing is recorded', async () => {
  const { migrate, database } = await createProject({ '20260101000001_tables.sql': tables });
  const proxy = await startMessageProxy(Number(new URL(database.url).port));
  onTestFinished(proxy.close);
  const url = new URL(database.url);
  url.port = String(proxy.port);
  // As in a transaction that was broken behind the last look at it: the server rolls back, and says so in the tag alone.
  proxy.replaceInQuery(';\nCOMMIT;\n', ';\nROLLBACK;\n');
  const { exitCode, stderr } = await migrate(['upgrade'], { env: { DATABASE_URL: url.href } });
  expect(exitCode).toBe(6);
  expect(stderr).toContain('its COMMIT was answered with ROLLBACK');
  expect(stderr).toContain('It was rolled back.');
  expect(await database.query('SELECT revision FROM migrations.history')).toEqual([]);
});

it('6: a script that never comes back ends with its session, not with the patience of whoever started it', async () => {
  const { startMigrate, database } = await createProject({
    '20260101000001_stuck.ts':
      "export const up = async ({ sql, log }) => { await sql`CREATE TABLE a (id int)`; log('stuck'); await new Promise((done) => setTimeout(done, 600_000)); };",
  });
  const run = startMigrate(['upgrade']);
  await run.said('stuck');
  await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE TABLE a%'");
  const { exitCode, stderr } = await run.finished;
  expect(exitCode).toBe(6);
  expect(stderr).toContain('the connection was lost (Connection terminated while the script was at work)');
  expect(stderr).toContain('It was rolled back');
});

/** Until a session of this database waits for a lock. */
async function untilWaiting(database: { readonly query: (sql: string) => Promise<readonly unknown[]> }): Promise<void> {
  const waiting =
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'wumbo%'";
  while ((await database.query(waiting)).length === 0) await new Promise((next) => setTimeout(next, 20));
}
