import { describeHolder, lockKey } from '../record/runner-lock.ts';
import type { Session } from '../connection/session.ts';

/** Something in the database at this moment that a run would wait for, or should wait for. */
export interface Obstacle {
  readonly kind:
    | 'another runner'
    | 'holds a lock'
    | 'waits for a lock'
    | 'idle in transaction'
    | 'long transaction'
    | 'prepared transaction'
    | 'wraparound vacuum'
    | 'standby'
    | 'replication slot';
  /** Process id of the backend; null where there is none. */
  readonly pid: number | null;
  /** In words, on one line. */
  readonly text: string;
  /** Relation that it stands before, `schema.name`; null for all. */
  readonly relation: string | null;
}

/** A lock that will be asked for. */
export interface WantedLock {
  readonly relation: string;
  readonly mode: string;
}

const modes = {
  AccessShareLock: 'ACCESS SHARE',
  RowShareLock: 'ROW SHARE',
  RowExclusiveLock: 'ROW EXCLUSIVE',
  ShareUpdateExclusiveLock: 'SHARE UPDATE EXCLUSIVE',
  ShareLock: 'SHARE',
  ShareRowExclusiveLock: 'SHARE ROW EXCLUSIVE',
  ExclusiveLock: 'EXCLUSIVE',
  AccessExclusiveLock: 'ACCESS EXCLUSIVE',
} as const;

type Mode = (typeof modes)[keyof typeof modes];

/** Source: https://www.postgresql.org/docs/current/explicit-locking.html, "Conflicting Lock Modes". */
const conflicts: Readonly<Record<Mode, readonly Mode[]>> = {
  'ACCESS SHARE': ['ACCESS EXCLUSIVE'],
  'ROW SHARE': ['EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'ROW EXCLUSIVE': ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE UPDATE EXCLUSIVE': ['SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  SHARE: ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE ROW EXCLUSIVE': [
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  EXCLUSIVE: [
    'ROW SHARE',
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  'ACCESS EXCLUSIVE': Object.values(modes),
};

/** Whether a session that wants the one mode waits for a session that holds the other. */
export function isInConflict(wanted: string, held: string): boolean {
  return conflicts[wanted as Mode]?.some((mode) => mode === held) ?? false;
}

/** Whether the login may see what others do: without, their transactions, queries and standbys stay out of sight. */
export async function mayReadSessions(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ may: boolean }>(
    "SELECT pg_catalog.pg_has_role(CURRENT_USER, 'pg_read_all_stats', 'USAGE') AS may",
  );
  return rows[0]?.may === true;
}

/** Reads who would stand in the way of these locks, and what makes this a bad moment. */
export async function readObstacles(
  session: Session,
  { wanted, schema }: { readonly wanted: readonly WantedLock[]; readonly schema: string },
): Promise<readonly Obstacle[]> {
  const runner = await describeHolder(session, lockKey(session.database ?? '', schema));
  const running: readonly Obstacle[] =
    runner === undefined
      ? []
      : [
          {
            kind: 'another runner',
            pid: null,
            relation: null,
            text: `${runner} holds the runner's lock: an upgrade waits for it`,
          },
        ];
  const locks = await readHolders(session, wanted);
  const { rows } = await session.query<Obstacle>(momentSql);
  // Who is named for a lock need not be named for its transaction too.
  const isNamed = ({ pid }: Obstacle): boolean => pid !== null && locks.some((lock) => lock.pid === pid);
  return [...running, ...locks, ...rows.filter((obstacle) => !isNamed(obstacle))];
}

async function readHolders(session: Session, wanted: readonly WantedLock[]): Promise<readonly Obstacle[]> {
  const { rows } = await session.query<{
    relation: string;
    mode: keyof typeof modes;
    granted: boolean;
    pid: number | null;
    isVacuum: boolean;
    isWraparound: boolean;
    text: string;
  }>(holdersSql, [wanted.map(({ relation }) => relation)]);
  return rows
    .filter(({ relation, mode }) =>
      wanted.some((lock) => lock.relation === relation && isInConflict(lock.mode, modes[mode])),
    )
    .map(({ relation, mode, granted, pid, isVacuum, isWraparound, text }): Obstacle => {
      const kind = isWraparound ? 'wraparound vacuum' : granted ? 'holds a lock' : 'waits for a lock';
      const more = isVacuum && !isWraparound ? ' (autovacuum: gives way to whoever waits for it)' : '';
      return { kind, pid, relation, text: `${modes[mode]} on ${relation}: ${text}${more}` };
    });
}

/** `pid 42 (psql, idle in transaction for 12 s): SELECT …`; what may not be seen is left out. */
const sessionText = `pg_catalog.concat('pid ', a.pid, ' (', coalesce(nullif(a.application_name, ''), 'no name'), ', ', coalesce(a.state, 'state not shown'),
  ' for ', pg_catalog.round(extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.state_change, a.backend_start))::pg_catalog.numeric), ' s): ',
  pg_catalog.left(pg_catalog.regexp_replace(coalesce(a.query, ''), '\\s+', ' ', 'g'), 120))`;

const holdersSql = `
  SELECT DISTINCT n.nspname || '.' || c.relname AS relation, l.mode, l.granted, l.pid,
         coalesce(a.query LIKE 'autovacuum:%', false) AS "isVacuum",
         coalesce(a.query LIKE 'autovacuum:%to prevent wraparound%', false) AS "isWraparound",
         CASE WHEN l.pid IS NULL THEN 'a prepared transaction' ELSE ${sessionText} END AS text
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    AND n.nspname || '.' || c.relname = ANY ($1)`;

/** Nothing here is about one table: CREATE INDEX CONCURRENTLY waits for every transaction that is older than it. */
const momentSql = `
  SELECT CASE WHEN a.state LIKE 'idle in transaction%' THEN 'idle in transaction' ELSE 'long transaction' END AS kind,
         a.pid, NULL AS relation, ${sessionText} AS text
  FROM pg_catalog.pg_stat_activity a
  WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'
    AND a.xact_start < pg_catalog.clock_timestamp() - interval '5 seconds'
  UNION ALL
  SELECT 'prepared transaction', NULL, NULL, p.gid || ', prepared ' || pg_catalog.date_trunc('second', p.prepared) || ' by ' || p.owner
  FROM pg_catalog.pg_prepared_xacts p WHERE p.database = pg_catalog.current_database()
  UNION ALL
  SELECT 'standby', NULL, NULL, coalesce(r.application_name, '') || ' is ' || pg_catalog.round(extract(epoch FROM r.replay_lag)::pg_catalog.numeric, 1) || ' s behind'
  FROM pg_catalog.pg_stat_replication r WHERE r.replay_lag > interval '5 seconds'
  UNION ALL
  SELECT 'replication slot', NULL, NULL, s.slot_name || ' is not used, and keeps the WAL that a large change writes'
  FROM pg_catalog.pg_replication_slots s WHERE NOT s.active
  ORDER BY 1, 2`;
