import { createHash } from 'node:crypto';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { formatDuration } from '../../../contract/duration.ts';
import type { Session } from '../connection/session.ts';

export interface LockWait {
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told once when the wait begins and then every few seconds. */
  readonly onWait: (wait: { waitedMs: number; holder: string | undefined }) => void;
}

/**
 * Takes the advisory lock that lets one runner at a time work on this database and record. Polls with
 * `pg_try_advisory_lock`: a session that *waits* inside `pg_advisory_lock` holds a snapshot, and a CREATE INDEX CONCURRENTLY
 * of the holder would wait for it for ever (golang-migrate#960). The lock belongs to the session and ends with it.
 * Answers how long it took, in milliseconds.
 * @throws AppError `locked` (7) with the holder when the wait runs out.
 */
export async function acquireRunnerLock(session: Session, schema: string, wait: LockWait): Promise<number> {
  const key = lockKey(session.database ?? '', schema);
  const start = wait.now();
  let lastSaid = Number.NEGATIVE_INFINITY;
  for (;;) {
    const { rows } = await session.query<{ taken: boolean }>(takeTwiceSql(key));
    const waitedMs = wait.now() - start;
    if (rows[0]?.taken) return waitedMs;
    wait.signal.throwIfAborted();
    const holder = await describeHolder(session, key);
    if (waitedMs >= wait.waitMs) throw lockedError(holder, waitedMs);
    if (waitedMs - lastSaid >= 5_000) {
      lastSaid = waitedMs;
      wait.onWait({ waitedMs, holder });
    }
    await wait.sleep(Math.min(200 + Math.random() * 300, wait.waitMs - waitedMs));
  }
}

/** Whether this session still holds the lock: a `DISCARD ALL` or `pg_advisory_unlock_all` in a revision gives it away. */
export async function holdsRunnerLock(session: Session, schema: string): Promise<boolean> {
  const { rows } = await session.query<{ held: boolean }>(heldSql(session.database ?? '', schema));
  return rows[0]?.held === true;
}

/**
 * Taken twice, as a session may, so that one of the two can be given back and taken again as a proof: {@link heldSql}.
 * Nobody else can have it in between, since the other one is still there.
 */
function takeTwiceSql(key: string): string {
  const take = `pg_catalog.pg_try_advisory_lock(${key})`;
  return `SELECT CASE WHEN ${take} THEN ${take} ELSE false END AS taken`;
}

/**
 * The question whether this session holds the lock, as `held`. The view pg_locks would tell as well, but it reads all locks of
 * the server: 0.1 ms for every revision, against 0.01 ms. Who does not hold the lock cannot give it back (and is told so by a notice).
 */
export function heldSql(database: string, schema: string): string {
  const key = lockKey(database, schema);
  return `SELECT CASE WHEN pg_catalog.pg_advisory_unlock(${key}) THEN pg_catalog.pg_try_advisory_lock(${key}) ELSE false END AS held`;
}

/** Signed 64-bit key of database and record, so that two applications in one cluster, or two records, do not meet. */
export function lockKey(database: string, schema: string): string {
  const name = `wumbo-migrations\0${database}\0${schema}`;
  // Each revision asks for the same one.
  if (known.name !== name)
    known = { name, key: createHash('sha256').update(name).digest().readBigInt64BE(0).toString() };
  return known.key;
}

let known = { name: '', key: '' };

export async function describeHolder(session: Session, key: string): Promise<string | undefined> {
  const { rows } = await session.query<{
    pid: number;
    application: string;
    role: string;
    client: string | null;
    seconds: number;
  }>(
    `SELECT a.pid, a.application_name AS application, a.usename AS role, a.client_addr::text AS client,
            extract(epoch FROM pg_catalog.clock_timestamp() - a.backend_start)::float8 AS seconds
     FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND ((l.classid::bigint << 32) | l.objid::bigint) = ${key}
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,
  );
  const [row] = rows;
  if (!row) return undefined;
  const from = row.client === null ? '' : ` from ${row.client}`;
  return `${row.application || 'a session'} (pid ${row.pid}, role ${row.role}${from}, connected for ${formatDuration(row.seconds * 1_000)})`;
}

function lockedError(holder: string | undefined, waitedMs: number): AppError {
  return new AppError({
    code: 'locked',
    exitCode: exitCodes.locked,
    message: `Another runner holds the lock after ${formatDuration(waitedMs)} of waiting: ${holder ?? 'it just let go'}.`,
    hint: 'Wait for it and run this again, or give more time with --lock-wait 10m; a dead runner’s lock ends with its session.',
  });
}
