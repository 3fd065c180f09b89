import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { removeServer, startServer } from '../../../src/embedded-postgres/server.ts';
import { matrixCases, matrixSchema } from '../../support/lint-cases.ts';
import { compareWaiting, compareWithServer } from '../../support/lint-matrix.ts';
import { installationOf, installPostgres, otherVersions } from '../../support/postgres-versions.ts';

/** The rules of lint say which lock a statement takes and what it costs; here the servers say it themselves. */
describe.each(['16', ...otherVersions])('what the rules claim is what PostgreSQL %s does', (version) => {
  const major = Number.parseInt(version, 10);
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  const clients: pg.Client[] = [];
  let close = (): Promise<void> => Promise.resolve();
  let database: pg.ClientConfig = {};

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(database);
    await client.connect();
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    const started = version === '16' ? await ownDatabase() : await ownServer(version);
    ({ database, close } = started);
    await (await connect()).query(matrixSchema);
  }, 300_000);

  afterAll(async () => {
    for (const client of clients) await client.end();
    await close();
  });

  it.each(matrixCases.filter(({ from = 0 }) => from <= major))('$sql', async ({ sql, rules = [] }) => {
    const [client = await connect()] = clients;
    const compared = await compareWithServer(client, sql, major);
    expect(compared.observed).toEqual(compared.claimed);
    expect(compared.rules).toEqual(rules);
  });

  it.each([
    { sql: 'CREATE INDEX CONCURRENTLY waits_i ON t (b)', table: 't', use: 'ROW EXCLUSIVE' },
    { sql: 'REINDEX INDEX CONCURRENTLY waits_i', table: 't', use: 'ROW EXCLUSIVE' },
    { sql: 'DROP INDEX CONCURRENTLY waits_i', table: 't', use: 'ROW EXCLUSIVE' },
    // Its second transaction waits for who reads the partition alone.
    { sql: 'ALTER TABLE part DETACH PARTITION part_1 CONCURRENTLY', table: 'part_1', use: 'ACCESS SHARE' },
  ] as const)('$sql, seen while it waits', async (waiting) => {
    const [client = await connect()] = clients;
    const compared = await compareWaiting({ client, writer: await connect() }, waiting);
    expect(compared.observed).toEqual(compared.claimed);
    expect(compared.observed).not.toEqual([]);
  });

  it('DETACH PARTITION CONCURRENTLY lets everybody read and write the parent while it waits for them', async () => {
    const [client = await connect()] = clients;
    const writer = await connect();
    const waiting = {
      sql: 'ALTER TABLE part DETACH PARTITION part_2 CONCURRENTLY',
      table: 'part',
      use: 'ROW EXCLUSIVE',
    } as const;
    const { observed } = await compareWaiting({ client, writer }, waiting);
    expect(observed.join()).not.toContain('ACCESS EXCLUSIVE');
  });

  it('DETACH PARTITION CONCURRENTLY is refused beside a default partition, as its recipe says', async () => {
    const [client = await connect()] = clients;
    await expect(client.query('ALTER TABLE parted DETACH PARTITION parted_1 CONCURRENTLY')).rejects.toMatchObject({
      code: '55000',
    });
  });

  async function ownServer(wanted: string): Promise<{ database: pg.ClientConfig; close: () => Promise<void> }> {
    await installPostgres(wanted);
    const directory = await mkdtemp(join(tmpdir(), 'wumbo-matrix-'));
    await chmod(directory, 0o755);
    const options = { directory: join(directory, 'server'), machine, installedIn: installationOf(wanted) };
    const address = await startServer({ ...options, settings: { fsync: 'off' } });
    return {
      database: { ...address, database: 'postgres' },
      close: async () => {
        await removeServer(options);
        await rm(directory, { recursive: true, force: true });
      },
    };
  }

  async function ownDatabase(): Promise<{ database: pg.ClientConfig; close: () => Promise<void> }> {
    const onServer = async (sql: string): Promise<void> => {
      const client = new pg.Client({ ...inject('server'), database: 'postgres' });
      await client.connect();
      await client.query(sql);
      await client.end();
    };
    const name = `lint_matrix_${process.pid}`;
    await onServer(`CREATE DATABASE ${name}`);
    return {
      database: { ...inject('server'), database: name },
      close: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`),
    };
  }
});
