import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

import { removeServer, startServer, type ServerAddress } from '../src/embedded-postgres/server.ts';

/** The PostgreSQL that all contenders use: an embedded one with its defaults, fsync included, and room for the locks of thousands of tables. */
export interface BenchServer {
  readonly address: ServerAddress;
  readonly version: string;
  /** Makes the database anew, empty or as a copy. */
  readonly recreate: (name: string, copyOf?: string) => Promise<void>;
  /**
   * Makes an empty database beside all others and answers its name. After a database of hundreds of tables was dropped, a file
   * system may search for seconds before each new file (ext4 does): that would be measured.
   */
  readonly create: (prefix: string) => Promise<string>;
  readonly url: (name: string, port?: number) => string;
  readonly query: (name: string, sql: string) => Promise<readonly Record<string, unknown>[]>;
  readonly close: () => Promise<void>;
}

export async function startBenchServer(): Promise<BenchServer> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-postgres-'));
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  const address = await startServer({
    directory,
    machine,
    settings: { max_connections: '100', max_locks_per_transaction: '1024' },
  });
  const query = async (database: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client({ ...address, database });
    await client.connect();
    try {
      const result = await client.query<Record<string, unknown>>(sql);
      return (Array.isArray(result) ? (result as pg.QueryResult[]).at(-1)?.rows : result.rows) ?? [];
    } finally {
      await client.end();
    }
  };
  let created = 0;
  const [row] = await query('postgres', 'SHOW server_version');
  return {
    address,
    version: String(row?.['server_version']),
    query,
    recreate: async (name, copyOf) => {
      await query('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await query('postgres', `CREATE DATABASE ${name} TEMPLATE ${copyOf ?? 'template0'}`);
    },
    create: async (prefix) => {
      created += 1;
      const name = `${prefix}_${created}`;
      await query('postgres', `CREATE DATABASE ${name} TEMPLATE template0`);
      return name;
    },
    url: (name, port = address.port) => `postgres://${address.user}:${address.password}@127.0.0.1:${port}/${name}`,
    close: async () => {
      await removeServer({ directory, machine });
      await rm(directory, { recursive: true, force: true });
    },
  };
}
