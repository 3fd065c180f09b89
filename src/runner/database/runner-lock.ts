import { createHash } from 'node:crypto';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { formatDuration } from '../../contract/duration.ts';
import type { Session } from './session.ts';

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
    const { rows } = await session.query<{ taken: boolean }>(`SELECT pg_catalog.pg_try_advisory_lock(${key}) AS taken`);
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

/** The question whether this session holds the lock, as `held`. */
export function heldSql(database: string, schema: string): string {
  return `SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
       WHERE locktype OPERATOR(pg_catalog.=) 'advisory' AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND granted
         AND objsubid OPERATOR(pg_catalog.=) 1
         AND ((classid::bigint OPERATOR(pg_catalog.<<) 32) OPERATOR(pg_catalog.|) objid::bigint)
             OPERATOR(pg_catalog.=) (${lockKey(database, schema)})::bigint) AS held`;
}

/** Signed 64-bit key of database and record, so that two applications in one cluster, or two records, do not meet. */
export function lockKey(database: string, schema: string): string {
  const digest = createHash('sha256').update(`wumbo-migrations\0${database}\0${schema}`).digest();
  return digest.readBigInt64BE(0).toString();
}

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
