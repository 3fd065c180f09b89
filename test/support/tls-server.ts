import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';

import { removeServer, startServer, type ServerAddress } from '../../src/embedded-postgres/server.ts';
import type { Certificate } from './certificates.ts';

/** A real PostgreSQL of one test file, whose TLS and pg_hba.conf a test sets as it needs them. */
export interface TlsServer {
  readonly address: ServerAddress;
  /** Rules beside the one that always lets the superuser in; `tls: undefined` switches TLS off. */
  readonly configure: (configuration: TlsConfiguration) => Promise<void>;
  readonly query: (sql: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface TlsConfiguration {
  readonly tls: Certificate | undefined;
  /** Who may be shown as an authority by a client's certificate. */
  readonly clientAuthority?: string;
  readonly rules: readonly string[];
}

/** Environment in which the names of a test's certificates lead to this machine. */
export const withTestNames: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import ${pathToFileURL(resolve(import.meta.dirname, 'resolve-names.mjs')).href}`,
};

export async function startTlsServer(): Promise<TlsServer> {
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-tls-'));
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  const address = await startServer({ directory, machine, settings: { fsync: 'off' } });
  const connection = { ...address, database: 'postgres' };
  const client = new pg.Client(connection);
  await client.connect();
  const dataDirectory = await setting(client, 'data_directory');
  // The server writes its files itself: they must be its own user's, and no test knows which user that is.
  const write = async (file: string, text: string): Promise<void> => {
    const lines = `SELECT unnest(string_to_array(${client.escapeLiteral(text.trimEnd())}, E'\\n'))`;
    await client.query(`COPY (${lines}) TO ${client.escapeLiteral(`${dataDirectory}/${file}`)}`);
  };
  return {
    address,
    query: async (sql) => void (await client.query(sql)),
    configure: async ({ tls, clientAuthority, rules }) => {
      if (tls) {
        await write('server.crt', tls.certificate);
        await write('server.key', tls.key);
        // COPY lets others read what it writes, and the server refuses such a key.
        await chmod(join(dataDirectory, 'server.key'), 0o600);
      }
      if (clientAuthority !== undefined) await write('clients.crt', clientAuthority);
      await write('pg_hba.conf', ['host all postgres 127.0.0.1/32 scram-sha-256', ...rules].join('\n'));
      await client.query(`ALTER SYSTEM SET ssl_ca_file = '${clientAuthority === undefined ? '' : 'clients.crt'}'`);
      await client.query(`ALTER SYSTEM SET ssl = ${tls ? 'on' : 'off'}`);
      await reload(client, connection);
    },
    close: async () => {
      await client.end();
      await removeServer({ directory, machine });
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A reload is done when a new connection knows it: certificate, rules and settings are read in one go. */
async function reload(client: pg.Client, connection: pg.ClientConfig): Promise<void> {
  const { rows } = await client.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at, pg_reload_conf()');
  const before = rows[0]?.at;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const fresh = new pg.Client(connection);
    await fresh.connect();
    const loaded = await fresh.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at');
    await fresh.end();
    if (loaded.rows[0]?.at !== before) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('the server did not reload its configuration');
}

async function setting(client: pg.Client, name: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
  return rows[0]?.value ?? '';
}
