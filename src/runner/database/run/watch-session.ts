import type { Blocker } from '../../../contract/run-events.ts';
import { closeSession, type Session } from '../connection/session.ts';

/** Progress of one statement as PostgreSQL reports it. */
export interface StatementProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

export interface SessionWatch {
  /** Who blocked the session when it was last looked at. */
  readonly blockers: () => readonly Blocker[];
  readonly stop: () => Promise<void>;
}

export interface WatchOptions {
  /** Process id of the session that is watched. */
  readonly pid: number;
  /** Opens the second connection; only when there is something long enough to watch. */
  readonly open: () => Promise<Session>;
  readonly everyMs: number;
  /** Told when a statement that reports progress has moved on. */
  readonly onProgress: (progress: StatementProgress) => void;
  /** Told when the set of blockers has changed; empty when the wait is over. */
  readonly onBlocked: (blockers: readonly Blocker[]) => void;
}

/**
 * Looks at a session over a second connection: who blocks it (`pg_blocking_pids`) and how far its statement is
 * (`pg_stat_progress_…`). A failure of the watch never disturbs the run.
 */
export function watchSession({ pid, open, everyMs, onProgress, onBlocked }: WatchOptions): SessionWatch {
  let watcher: Promise<Session> | undefined;
  let blockers: readonly Blocker[] = [];
  let shownProgress = '';
  let looking: Promise<void> = Promise.resolve();
  let isLooking = false;
  const look = async (): Promise<void> => {
    watcher ??= open();
    const session = await watcher;
    const found = await readBlockers(session, pid);
    const changed = found.map((blocker) => blocker.pid).join() !== blockers.map((blocker) => blocker.pid).join();
    blockers = found.length > 0 ? found : blockers;
    if (changed && found.length > 0) onBlocked(found);
    const progress = await readProgress(session, pid);
    const shown = JSON.stringify(progress);
    if (progress && shown !== shownProgress) onProgress(progress);
    shownProgress = shown;
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    looking = look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false;
      });
  }, everyMs);
  return {
    blockers: () => blockers,
    stop: async () => {
      clearInterval(timer);
      await looking;
      const session = await watcher?.catch(() => undefined);
      if (session) await closeSession(session);
    },
  };
}

async function readBlockers(session: Session, pid: number): Promise<readonly Blocker[]> {
  const { rows } = await session.query<{ pid: number; application: string; query: string; age_ms: number }>(
    `SELECT a.pid, a.application_name AS application, pg_catalog.left(a.query, 200) AS query,
            (extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.query_start, a.backend_start)) * 1000)::float8 AS age_ms
     FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY (pg_catalog.pg_blocking_pids($1)) ORDER BY a.xact_start`,
    [pid],
  );
  return rows.map(({ pid: blocker, application, query, age_ms: ageMs }) => ({
    pid: blocker,
    application,
    query: query.replace(/\s+/g, ' ').trim(),
    ageMs: Math.round(ageMs),
  }));
}

async function readProgress(session: Session, pid: number): Promise<StatementProgress | undefined> {
  const { rows } = await session.query<{ phase: string; done: string; total: string }>(
    `SELECT phase, CASE WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END AS done,
            CASE WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END AS total
     FROM pg_catalog.pg_stat_progress_create_index WHERE pid = $1
     UNION ALL SELECT command || ': ' || phase, heap_blks_scanned, heap_blks_total FROM pg_catalog.pg_stat_progress_cluster WHERE pid = $1
     UNION ALL SELECT 'copy', bytes_processed, bytes_total FROM pg_catalog.pg_stat_progress_copy WHERE pid = $1`,
    [pid],
  );
  const [row] = rows;
  return row && { phase: row.phase, done: Number(row.done), total: Number(row.total) };
}
