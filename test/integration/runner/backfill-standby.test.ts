import { execFile } from 'node:child_process';
import { appendFile, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';

import { removeServer, startServer, stopServer, type ServerAddress } from '../../../src/embedded-postgres/server.ts';
import { script, tableOf, touch, walk } from '../../support/backfill-project.ts';
import { createProject } from '../../support/migrations.ts';

const run = promisify(execFile);

async function ask<Row extends pg.QueryResultRow>(address: ServerAddress, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ ...address, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function dataOf(address: ServerAddress): Promise<string> {
  const [row] = await ask<{ data_directory: string }>(address, 'SHOW data_directory');
  return row?.data_directory ?? '';
}

/** A server and a standby that streams from it. */
async function createPair(): Promise<{ readonly primary: ServerAddress; readonly standby: ServerAddress }> {
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-standby-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  const [first, second] = ['primary', 'standby'].map((name) => ({ directory: join(directory, name), machine }));
  if (!first || !second) throw new Error('two servers were asked for');
  for (const options of [first, second]) onTestFinished(() => removeServer(options));
  const [from, to] = [await dataOf(await startServer(first)), await dataOf(await startServer(second))];
  for (const options of [first, second]) await stopServer(options);
  await rm(to, { recursive: true });
  await run('cp', ['-a', from, to]);
  const primary = await startServer(first);
  const { uid, gid } = await stat(join(to, 'PG_VERSION'));
  await writeFile(join(to, 'standby.signal'), '');
  await chown(join(to, 'standby.signal'), uid, gid);
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password=${primary.password} application_name=second`;
  await appendFile(
    join(to, 'postgresql.auto.conf'),
    `primary_conninfo = '${source}'\nwal_receiver_status_interval = 1s\n`,
  );
  const { port } = await startServer(second);
  return { primary, standby: { ...primary, port } };
}

it('a backfill waits while a standby is too far behind, and goes on when it has caught up', async () => {
  const { primary, standby } = await createPair();
  const { startMigrate, migrate } = await createProject({
    '20260101000001_items.sql': tableOf(2_000),
    [`${walk}.ts`]: script(`size: 20, ${touch.replace('await sql', 'await sql`SELECT pg_sleep(0.05)`; await sql')}`),
  });
  const DATABASE_URL = `postgres://postgres:${primary.password}@127.0.0.1:${primary.port}/postgres`;
  const upgrade = startMigrate(['upgrade', '--replica-lag', '1s'], { env: { DATABASE_URL } });
  await upgrade.said('backfill of items');
  await ask(standby, 'SELECT pg_wal_replay_pause()');
  await upgrade.said(/waiting for the standby second, which is [\d.]+ s behind/);
  // What is behind by more than five seconds stands in the way of whoever comes next.
  const planned = async (): Promise<string> => (await migrate(['plan'], { env: { DATABASE_URL } })).stdout;
  await expect.poll(planned, { timeout: 30_000, interval: 1_000 }).toMatch(/^  standby: second is [\d.]+ s behind$/m);
  const countDone = async (): Promise<unknown> =>
    (await ask(primary, 'SELECT count(*)::int AS n FROM items WHERE touched > 0'))[0];
  const before = await countDone();
  await new Promise((done) => setTimeout(done, 1_000));
  expect(await countDone()).toEqual(before);
  expect(before).not.toEqual({ n: 2_000 });
  await ask(standby, 'SELECT pg_wal_replay_resume()');
  const { exitCode, stderr } = await upgrade.finished;
  expect(exitCode, stderr).toBe(0);
  expect(await ask(primary, 'SELECT DISTINCT touched FROM items')).toEqual([{ touched: 1 }]);
}, 120_000);
