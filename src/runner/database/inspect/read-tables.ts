import type { Session } from '../connection/session.ts';

/** A table that a plan locks: how large it is, and how much it is used at this moment. Partitions are in all its figures. */
export interface TableFacts {
  /** `schema.name`. */
  readonly relation: string;
  /** Rows by the statistics; null before the first ANALYZE. */
  readonly rows: number | null;
  /** All of it: the rows, what is stored out of line (TOAST), and the indexes. */
  readonly bytes: number;
  readonly tableBytes: number;
  readonly toastBytes: number;
  readonly indexBytes: number;
  /** Most indexes that one of its parts has. */
  readonly indexes: number;
  /** 0 for a table that is not partitioned. */
  readonly partitions: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

interface Sample extends Omit<TableFacts, 'readsPerSecond' | 'writesPerSecond'> {
  readonly reads: number;
  readonly writes: number;
}

/** Looks at the relations twice, so far apart. What is not there is left out. */
export async function readTables(
  session: Session,
  relations: readonly string[],
  { sleep, apartMs }: { readonly sleep: (ms: number) => Promise<void>; readonly apartMs: number },
): Promise<readonly TableFacts[]> {
  if (relations.length === 0) return [];
  const before = new Map((await readSample(session, relations)).map((sample) => [sample.relation, sample]));
  if (before.size === 0) return [];
  await sleep(apartMs);
  return (await readSample(session, relations)).map(({ reads, writes, ...facts }) => {
    const earlier = before.get(facts.relation);
    const perSecond = (now: number, then = now): number => Math.max(0, Math.round(((now - then) * 1_000) / apartMs));
    return {
      ...facts,
      readsPerSecond: perSecond(reads, earlier?.reads),
      writesPerSecond: perSecond(writes, earlier?.writes),
    };
  });
}

async function readSample(session: Session, relations: readonly string[]): Promise<readonly Sample[]> {
  // Otherwise the second look would see what the first one has cached.
  await session.query('SELECT pg_catalog.pg_stat_clear_snapshot()');
  const { rows } = await session.query<Sample>(sampleSql, [[...relations]]);
  return rows;
}

/**
 * Size functions lock what they measure (ACCESS SHARE): of a table that is locked against readers, or about to be, the sizes are
 * those of its last VACUUM or ANALYZE.
 */
const sampleSql = `
  WITH RECURSIVE closed AS MATERIALIZED (
    SELECT l.relation FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())),
  named AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS relation
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = ANY ($1) AND c.relkind IN ('r', 'p', 'm')),
  family AS (
    SELECT oid AS top, oid AS part FROM named
    UNION ALL SELECT f.top, i.inhrelid FROM family f JOIN pg_catalog.pg_inherits i ON i.inhparent = f.part),
  sized AS (
    SELECT family.top, c.oid, c.relkind, c.reltuples,
           CASE WHEN closed THEN c.relpages::pg_catalog.int8 * block.size ELSE pg_catalog.pg_table_size(c.oid) END AS main,
           CASE WHEN c.reltoastrelid = 0 THEN 0
                WHEN closed THEN (SELECT t.relpages::pg_catalog.int8 * block.size FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid)
                ELSE pg_catalog.pg_total_relation_size(c.reltoastrelid) END AS toast,
           CASE WHEN closed THEN (SELECT coalesce(pg_catalog.sum(x.relpages::pg_catalog.int8), 0) * block.size
                                  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid)
                ELSE pg_catalog.pg_indexes_size(c.oid) END AS indexed,
           CASE WHEN closed THEN 0 ELSE 1 END AS counts_toast,
           (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid) AS indexes
    FROM family JOIN pg_catalog.pg_class c ON c.oid = family.part
    CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS size) block
    CROSS JOIN LATERAL (SELECT c.oid IN (SELECT relation FROM closed) AS closed) state)
  SELECT named.relation,
         CASE WHEN pg_catalog.bool_or(p.relkind <> 'p' AND p.reltuples >= 0)
              THEN pg_catalog.sum(greatest(p.reltuples, 0)) FILTER (WHERE p.relkind <> 'p') END::pg_catalog.float8 AS rows,
         pg_catalog.sum(p.main + (1 - p.counts_toast) * p.toast + p.indexed)::pg_catalog.float8 AS bytes,
         pg_catalog.sum(p.main - p.counts_toast * p.toast)::pg_catalog.float8 AS "tableBytes",
         pg_catalog.sum(p.toast)::pg_catalog.float8 AS "toastBytes",
         pg_catalog.sum(p.indexed)::pg_catalog.float8 AS "indexBytes",
         pg_catalog.max(p.indexes)::pg_catalog.int4 AS indexes,
         pg_catalog.count(*) FILTER (WHERE p.oid <> named.oid)::pg_catalog.int4 AS partitions,
         coalesce(pg_catalog.sum(s.seq_scan + coalesce(s.idx_scan, 0)), 0)::pg_catalog.float8 AS reads,
         coalesce(pg_catalog.sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del), 0)::pg_catalog.float8 AS writes
  FROM named JOIN sized p ON p.top = named.oid
  LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = p.oid
  GROUP BY named.relation, named.oid ORDER BY named.relation`;
