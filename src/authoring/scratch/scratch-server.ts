import { randomBytes } from 'node:crypto';

import type { ConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import type { Session } from '../../runner/database/connection/session.ts';
import { startEmbedded } from './embedded-server.ts';
import { noEmbeddedServer } from './no-scratch-server.ts';
import { withScratchSession } from './scratch-session.ts';
import type { ScratchOptions, ServerLease } from './server-lease.ts';
import { readSetup, runSetup } from './scratch-setup.ts';
import { openShadow } from './shadow-server.ts';

/** A PostgreSQL server for throw-away databases; never one that holds anything of value. */
export interface ScratchServer {
  /** For messages: `embedded PostgreSQL 16.14`, `PostgreSQL 17.2 at localhost:5433`. */
  readonly label: string;
  readonly majorVersion: number;
  /** Makes a database that only this run knows, empty or as a copy of another one of this server that nobody is connected to. */
  readonly createDatabase: (options?: { readonly copyOf?: ScratchDatabase }) => Promise<ScratchDatabase>;
}

export interface ScratchDatabase {
  readonly name: string;
  readonly connection: ConnectionSettings;
  readonly drop: () => Promise<void>;
}

/**
 * Hands a scratch server to the work. Every database made on it is dropped afterwards, and an embedded server is stopped and
 * removed, whatever happens.
 * @throws AppError `shadow-not-empty`, `scratch-setup` (2), `database-unreachable` (8), `no-scratch-server` (2); what the work throws.
 */
export async function withScratchServer<T>(
  options: ScratchOptions,
  work: (server: ScratchServer) => Promise<T>,
): Promise<T> {
  const setup = options.setupFile === undefined ? undefined : await readSetup(options.setupFile);
  const lease = options.shadowUrl === undefined ? await startOwn(options) : await openShadow(options);
  const made = new Set<ScratchDatabase>();
  try {
    const version = await onServer(lease, async (session) => {
      const { rows } = await session.query<{ server_version: string }>('SHOW server_version');
      return rows[0]?.server_version ?? 'unknown';
    });
    return await work({
      label: labelOf(lease, version),
      majorVersion: Number.parseInt(version, 10),
      createDatabase: async ({ copyOf } = {}) => {
        const database = await createDatabase(lease, { copyOf, forget: () => made.delete(database) });
        made.add(database);
        if (setup !== undefined && copyOf === undefined) await runSetup(database, setup);
        return database;
      },
    });
  } finally {
    // The embedded server takes its databases along.
    if (lease.kind === 'shadow') for (const database of made) await database.drop().catch(() => undefined);
    await lease.close();
  }
}

async function startOwn(options: ScratchOptions): Promise<ServerLease> {
  try {
    return await startEmbedded(options);
  } catch (error) {
    throw noEmbeddedServer(error);
  }
}

async function createDatabase(
  lease: ServerLease,
  { copyOf, forget }: { readonly copyOf: ScratchDatabase | undefined; readonly forget: () => void },
): Promise<ScratchDatabase> {
  const name = `wumbo_scratch_${randomBytes(6).toString('hex')}`;
  await onServer(lease, (session) =>
    // Below template0 nothing of what an administrator put into template1 comes along.
    session.query(`CREATE DATABASE ${name} TEMPLATE ${copyOf?.name ?? `template0 ENCODING 'UTF8'`}`),
  );
  return {
    name,
    connection: { ...lease.connection, database: name },
    drop: async () => {
      forget();
      await onServer(lease, (session) => session.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

function onServer<T>({ connection }: ServerLease, work: (session: Session) => Promise<T>): Promise<T> {
  return withScratchSession(connection, work);
}

function labelOf({ kind, connection }: ServerLease, version: string): string {
  const [number = version] = version.split(' ');
  return kind === 'embedded'
    ? `embedded PostgreSQL ${number}`
    : `PostgreSQL ${number} at ${connection.host}:${connection.port}`;
}
