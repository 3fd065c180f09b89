import pg from 'pg';

import { AppError } from '../../../contract/app-error.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { connectionFailure, isWorthWaiting } from './database-error.ts';
import { connectInAnyWay, type DriverTls } from './tls-attempts.ts';

/** The one connection of a run: lock, revisions and record all use it. */
export type Session = pg.Client;

export interface SessionOptions {
  readonly connection: ConnectionSettings;
  /** Shows in pg_stat_activity: program, version and run. */
  readonly applicationName: string;
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/**
 * Opens the session. The settings travel as start-up options, so that `RESET ALL` returns to them and a role's or
 * database's own defaults do not apply.
 * @throws what node-postgres throws; {@link openSessionWhenReady} makes errors for people of it.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const password = await currentPassword(options.connection);
  return connectInAnyWay(options.connection.tls, (ssl) => connect(options, password, ssl));
}

async function connect(
  options: SessionOptions,
  password: ConnectionSettings['password'],
  ssl: DriverTls,
): Promise<Session> {
  const { host, port, database, user } = options.connection;
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    ...(password === undefined ? {} : { password }),
    ssl,
    application_name: options.applicationName,
    options: startupOptions(options),
    connectionTimeoutMillis: 10_000,
    // Without it node-postgres looks for PGCLIENTENCODING.
    client_encoding: 'UTF8',
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  // Without a listener, a connection that breaks while idle ends the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The password, or a new IAM token: one is good for a connection that begins within 15 minutes. */
async function currentPassword({
  iam,
  host,
  port,
  user,
  password,
}: ConnectionSettings): Promise<ConnectionSettings['password']> {
  if (!iam) return password;
  const { signRdsToken } = await import('./rds-token.ts');
  return signRdsToken({ host, port, user, region: iam.region });
}

/**
 * Opens the session as soon as the server lets us in, trying for at most `waitMs`.
 * @throws AppError `database-unreachable` (8): at once for what waiting cannot mend, else when the time is over.
 */
export async function openSessionWhenReady(options: SessionOptions, wait: WaitOptions): Promise<Session> {
  const deadline = wait.now() + wait.waitMs;
  let lastSaid = Number.NEGATIVE_INFINITY;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openSession(options);
    } catch (error) {
      wait.signal.throwIfAborted();
      if (error instanceof AppError) throw error;
      const left = deadline - wait.now();
      if (!isWorthWaiting(error) || left <= 0) throw connectionFailure(error, options.connection);
      if (wait.now() - lastSaid >= 5_000) {
        lastSaid = wait.now();
        wait.onWait({ attempt, reason: connectionFailure(error, options.connection).message });
      }
      await wait.sleep(Math.min(2_000, 250 * attempt, left));
    }
  }
}

export interface WaitOptions {
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onWait: (wait: { attempt: number; reason: string }) => void;
}

/** Ends the session; never fails, since the connection may be gone already. */
export async function closeSession(session: Session): Promise<void> {
  await session.end().catch(() => undefined);
}

/** The settings of the session, as text for the server's start-up: `-c name=value -c …`. */
export function startupOptions({
  lockTimeoutMs,
  statementTimeoutMs,
}: Pick<SessionOptions, 'lockTimeoutMs' | 'statementTimeoutMs'>): string {
  const settings = {
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 600_000,
    // The server notices within a second that its client is gone, and frees the runner's lock (PostgreSQL 14 and newer).
    client_connection_check_interval: 1_000,
    tcp_keepalives_idle: 30,
    tcp_keepalives_interval: 10,
    tcp_keepalives_count: 3,
    standard_conforming_strings: 'on',
    DateStyle: 'ISO',
    TimeZone: 'UTC',
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
