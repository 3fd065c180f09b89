import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client } from 'pg';

import { startServer, type ServerOptions } from '../embedded-postgres/server.ts';
import type { DatabaseSecret } from './wumbo/wumbo-environment.ts';

/** The databases that stand for RDS: one per environment on one embedded server. */
export interface LocalDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The password in psql's PGPASSFILE format, readable by its owner only. */
  readonly passFile: string;
  /** What an environment's database secret holds. */
  readonly secretOf: (environment: string) => DatabaseSecret;
}

/** The master user that the original's RDS instance has. */
const masterUser = 'wumbo_admin';

/** `wumbo` is the database that people use locally; the others share the server, so their names say whose they are. */
export function databaseName(environment: string): string {
  return environment === 'local' ? 'wumbo' : `wumbo_${environment.replaceAll('-', '_')}`;
}

/** Starts the embedded server and makes the master user and the databases, each unless it exists. */
export async function prepareLocalDatabase(
  options: ServerOptions,
  environments: readonly string[],
): Promise<LocalDatabase> {
  const server = await startServer(options);
  const password = await readOrCreatePassword(options.directory);
  const client = new Client({ ...server, database: 'postgres' });
  await client.connect();
  try {
    // Two stand-ins on one folder take turns.
    await client.query('select pg_advisory_lock(7220260)');
    await createMasterUser(client, password);
    for (const environment of environments) await createDatabase(client, databaseName(environment));
  } finally {
    await client.end();
  }
  const { host, port } = server;
  return {
    host,
    port,
    user: masterUser,
    passFile: await writePassFile(options.directory, `${host}:${port}:*:${masterUser}:${password}\n`),
    secretOf: (environment) => ({ username: masterUser, password, host, port, dbname: databaseName(environment) }),
  };
}

/** With the rights that a master user has on RDS (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html): no superuser. */
async function createMasterUser(client: Client, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [masterUser]);
  if (rowCount === 0) await client.query(`create role ${masterUser} login createdb createrole`);
  await client.query(`alter role ${masterUser} password ${client.escapeLiteral(password)}`);
  await client.query(`grant pg_monitor, pg_signal_backend to ${masterUser}`);
}

/** Its owner may create in schema public: since PostgreSQL 15 that schema belongs to the database's owner. */
async function createDatabase(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)} owner ${masterUser}`);
}

/** 32 letters and digits, as the original's secret generates it. */
async function readOrCreatePassword(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${masterUser}-password`);
  try {
    await writeFile(file, randomBytes(16).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFile(file, 'utf8');
}

async function writePassFile(directory: string, line: string): Promise<string> {
  const file = resolve(directory, 'pgpass');
  await writeFile(file, line, { mode: 0o600 });
  // The mode above counts only for a new file, and psql ignores a file that others can read.
  await chmod(file, 0o600);
  return file;
}
