import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';

import { removeServer, startServer } from '../../../src/embedded-postgres/server.ts';
import { createProject, threeRevisions, type MigrationProject } from '../../support/migrations.ts';
import { planOf, projectAtFirst as project } from '../../support/plan.ts';

/** What the plan says of everyone who is in the way, kind and text. */
async function inTheWay(made: Awaited<ReturnType<typeof project>>): Promise<readonly string[]> {
  return (await planOf(made)).obstacles.map(({ kind, text }) => `${kind}: ${text}`);
}

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

it('names who holds a lock that it would wait for, and what makes this a bad moment', async () => {
  const made = await project();
  const other = await made.database.connect();
  await other.query('BEGIN; INSERT INTO accounts VALUES (9999)');
  const { obstacles } = await planOf(made);
  expect(obstacles).toContainEqual(
    expect.objectContaining({
      kind: 'holds a lock',
      relation: 'public.accounts',
      text: expect.stringContaining('ROW EXCLUSIVE on public.accounts: pid') as string,
    }),
  );
  await other.query('ROLLBACK; BEGIN; SELECT count(*) FROM accounts');
  const readers = async (): Promise<number> =>
    (await planOf(made)).obstacles.filter(({ text }) => text.startsWith('ACCESS SHARE on public.accounts')).length;
  // ALTER TABLE waits for who reads, CREATE INDEX does not.
  expect(await readers()).toBe(1);
  await other.query('ROLLBACK');
  await made.migrate(['upgrade', '+1']);
  await other.query('BEGIN; SELECT count(*) FROM accounts');
  expect(await readers()).toBe(0);
});

it('names another runner that is at work, which an upgrade would wait for', async () => {
  const made = await project();
  await made.write('20260101000009_slow.sql', '-- migrate:up\nSELECT pg_sleep(6);\n');
  await made.lock();
  const running = made.startMigrate(['upgrade']);
  await running.said('applying 20260101000009_slow');
  const [obstacle] = await inTheWay(made);
  expect(obstacle).toMatch(/^another runner: .*pid \d+.* holds the runner's lock: an upgrade waits for it$/);
  running.child.kill('SIGKILL');
  await running.finished;
});

it('is made while a table is locked against everybody, and names who locks it and who waits already', async () => {
  const made = await project();
  await made.database.query(
    'ALTER TABLE accounts ADD CONSTRAINT positive CHECK (id > 0); CREATE TABLE parts (id int) PARTITION BY LIST (id); CREATE TABLE rest PARTITION OF parts DEFAULT',
  );
  const [holder, waiter] = [await made.database.connect(), await made.database.connect()];
  await holder.query('BEGIN; LOCK TABLE accounts, parts IN ACCESS EXCLUSIVE MODE');
  const waiting = waiter.query('SELECT count(*) FROM accounts');
  const obstacles = await inTheWay(made);
  expect(obstacles).toContainEqual(
    matching(
      /^holds a lock: ACCESS EXCLUSIVE on public\.accounts: pid \d+ \(.*idle in transaction for \d+ s\): BEGIN; LOCK/,
    ),
  );
  expect(obstacles).toContainEqual(
    matching(/^waits for a lock: ACCESS SHARE on public\.accounts: pid \d+ \(.*active for \d+ s\): SELECT count/),
  );
  await holder.query('ROLLBACK');
  await waiting;
});

it('names old transactions, prepared ones, a vacuum against wraparound and unused slots, each with who it is', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-plan-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  onTestFinished(() => removeServer({ directory, machine }));
  const settings = { fsync: 'off', max_prepared_transactions: '5', autovacuum_naptime: '1s' };
  const server = await startServer({ directory, machine, settings });
  const url = `postgres://postgres:${server.password}@127.0.0.1:${server.port}/postgres`;
  const sessions = await Promise.all(['main', 'forgotten', 'report', 'prepared'].map((name) => sessionOf(url, name)));
  const [main, idle, busy, prepared] = sessions;
  if (!main || !idle || !busy || !prepared) throw new Error('four sessions were asked for');
  const elsewhere = await createProject(threeRevisions);
  const migrate: MigrationProject['migrate'] = (args) => elsewhere.migrate(args, { env: { DATABASE_URL: url } });
  const made = { ...elsewhere, migrate };
  expect((await made.migrate(['upgrade', '+1'])).exitCode).toBe(0);
  // Many pages and few transactions of patience: an autovacuum that must come, and goes slowly.
  await main.query('INSERT INTO accounts SELECT g FROM generate_series(1, 200000) g');
  await main.query(
    'ALTER TABLE accounts SET (autovacuum_freeze_max_age = 100000, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)',
  );
  await main.query('CREATE TABLE burnt (); SELECT pg_create_physical_replication_slot($$unused$$, true)');
  await main.query(
    'DO $$ BEGIN FOR i IN 1..100100 LOOP BEGIN INSERT INTO burnt DEFAULT VALUES; EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$',
  );
  await prepared.query("BEGIN; CREATE TABLE later (); PREPARE TRANSACTION 'payout'");
  await idle.query('BEGIN; SELECT 1');
  const running = busy.query('SELECT pg_sleep(60)').catch(() => undefined);
  await expect
    .poll(
      () =>
        main
          .query(
            "SELECT FROM pg_stat_activity WHERE query LIKE '%to prevent wraparound%' AND query LIKE '%accounts%' AND backend_type LIKE 'auto%'",
          )
          .then(({ rowCount }) => rowCount),
      {
        timeout: 30_000,
        interval: 500,
      },
    )
    .toBe(1);
  await new Promise((done) => setTimeout(done, 5_000));
  const obstacles = await inTheWay(made);
  expect(obstacles).toContainEqual(
    matching(/^wraparound vacuum: SHARE UPDATE EXCLUSIVE on public\.accounts: pid \d+ .*to prevent wraparound/),
  );
  expect(obstacles).toContainEqual(
    matching(/^idle in transaction: pid \d+ \(forgotten, idle in transaction for \d+ s\): /),
  );
  expect(obstacles).toContainEqual(
    matching(/^long transaction: pid \d+ \(report, active for \d+ s\): SELECT pg_sleep\(60\)$/),
  );
  expect(obstacles).toContainEqual(matching(/^prepared transaction: payout, prepared .* by postgres$/));
  expect(obstacles).toContainEqual(
    'replication slot: unused is not used, and keeps the WAL that a large change writes',
  );
  await main.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $$report$$');
  await running;
}, 120_000);

async function sessionOf(connectionString: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
