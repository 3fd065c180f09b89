import { expect, it } from 'vitest';

import { createProject, eventsOf } from '../../support/migrations.ts';

/** `WUMBO_KILLS=200 npm test` kills more often. */
const kills = Number(process.env['WUMBO_KILLS'] ?? (process.env['CI'] === 'true' ? 40 : 8));
const rows = 3_000;

const files = {
  '20260101000001_items.sql': `-- migrate:up
CREATE TABLE items (tenant int, name text, touched int NOT NULL DEFAULT 0, PRIMARY KEY (tenant, name));
INSERT INTO items SELECT g % 13, 'n' || g FROM generate_series(1, ${rows}) g;
`,
  '20260101000002_walk.ts': `
export const transaction = false;
export const up = async ({ batch }) => {
  await batch({ table: 'items', size: 40, run: async ({ sql, within }) => {
    await sql\`UPDATE items SET touched = touched + 1 WHERE \${within}\`;
    await sql\`SELECT pg_sleep(0.004)\`;
  } });
};
`,
  '20260101000003_walk.sql': `-- migrate:up transaction:false
-- migrate:batch table=items size=40
UPDATE items SET touched = touched + 10 WHERE (tenant, name) >= ($1, $2) AND (tenant, name) <= ($3, $4) AND pg_sleep(0.0001) IS NOT NULL;
`,
};

it(`a backfill that is killed again and again (${kills} times) changes every row once`, async () => {
  const { startMigrate, migrate, database } = await createProject(files);
  await migrate(['upgrade', '20260101000001']);
  for (let kill = 0; kill < kills; kill += 1) {
    const run = startMigrate(['upgrade', '--json']);
    await Promise.race([run.said('revision.started'), run.finished]);
    await new Promise((done) => setTimeout(done, Math.random() * 120));
    run.child.kill('SIGKILL');
    const { stdout } = await run.finished;
    expect(eventsOf(stdout).map(({ event }) => event)).not.toContain('revision.failed');
  }
  const rerun = await migrate(['upgrade']);
  expect(rerun.exitCode, rerun.stderr).toBe(0);
  expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY 1')).toEqual([
    { touched: 11, rows },
  ]);
}, 300_000);

it('a SIGTERM stops it at the batch, says how far it is, and the next run goes on', async () => {
  const { startMigrate, migrate, database } = await createProject(files);
  const run = startMigrate(['upgrade']);
  await run.said('backfill of items');
  run.child.kill('SIGTERM');
  const { exitCode, stderr } = await run.finished;
  expect(exitCode).toBe(10);
  expect(stderr).toMatch(
    /The backfill "items" stopped: [\d,]+ of 3,000 rows are done and stay; a rerun goes on behind them\./,
  );
  expect((await migrate(['upgrade'])).exitCode).toBe(0);
  expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY 1')).toEqual([
    { touched: 11, rows },
  ]);
}, 60_000);

it('rows that another session has locked are tried again in smaller batches, and do not stop the walk', async () => {
  const { startMigrate, database } = await createProject(files);
  await database.query('SELECT 1');
  const run = startMigrate(['upgrade'], { env: { MIGRATE_LOCK_TIMEOUT: '200ms' } });
  await run.said('applied 20260101000001_items');
  const other = await database.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM items WHERE tenant = 12 FOR UPDATE');
  await run.said(
    /waits for a table lock \(try 2, trying again in .*\); held by\n\s+pid \d+.*SELECT FROM items WHERE tenant = 12 FOR UPDATE/,
  );
  await other.query('COMMIT');
  const { exitCode, stderr } = await run.finished;
  expect(exitCode, stderr).toBe(0);
  expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY 1')).toEqual([
    { touched: 11, rows },
  ]);
}, 60_000);
