import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';

import {
  removeServer,
  startServer,
  stopServer,
  type ServerAddress,
  type ServerOptions,
} from '../../../src/embedded-postgres/server.ts';

it('a folder’s server is found again with its data, also when two start it at once', async () => {
  const options = await folder(0o755);
  const [first, second] = await Promise.all([startServer(options), startServer(options)]);
  expect(second).toEqual(first);
  await query(first, 'CREATE TABLE kept (id int)');
  expect(await stopServer(options)).toBe(true);
  expect(await stopServer(options)).toBe(false);
  expect(await query(await startServer(options), "SELECT to_regclass('kept')::text AS found")).toEqual([
    { found: 'kept' },
  ]);
});

it('a new folder of the same name does not inherit the data of one that was removed, whose server still runs', async () => {
  // Closed to the server's user, so that root keeps the data elsewhere.
  const options = await folder(0o700);
  await query(await startServer(options), 'CREATE TABLE old (id int)');
  await rm(options.directory, { recursive: true, force: true });
  const again = await startServer(options);
  expect(await query(again, "SELECT to_regclass('old')::text AS found")).toEqual([{ found: null }]);
});

async function folder(mode: number): Promise<ServerOptions> {
  const parent = await mkdtemp(join(tmpdir(), 'wumbo-embedded-'));
  await chmod(parent, mode);
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  const options = { directory: join(parent, 'local'), machine, settings: { fsync: 'off' } };
  onTestFinished(async () => {
    await removeServer(options);
    await rm(parent, { recursive: true, force: true });
  });
  return options;
}

async function query(address: ServerAddress, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ ...address, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
