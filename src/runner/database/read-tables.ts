import type { Session } from './session.ts';

/** A table that a plan locks: how large it is, and how much it is used at this moment. */
export interface TableFacts {
  /** `schema.name`. */
  readonly relation: string;
  /** Rows by the statistics; null before the first ANALYZE. */
  readonly rows: number | null;
  /** With its indexes and what is stored out of line. */
  readonly bytes: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

interface Sample {
  readonly relation: string;
  readonly rows: number | null;
  readonly bytes: number;
  readonly reads: number;
  readonly writes: number;
}

/** Looks at the relations twice, so far apart. What is not there, or may not be seen, is left out. */
export async function readTables(
  session: Session,
  relations: readonly string[],
  { sleep, apartMs }: { readonly sleep: (ms: number) => Promise<void>; readonly apartMs: number },
): Promise<readonly TableFacts[]> {
  if (relations.length === 0) return [];
  const before = new Map((await readSample(session, relations)).map((sample) => [sample.relation, sample]));
  await sleep(apartMs);
  return (await readSample(session, relations)).map(({ relation, rows, bytes, reads, writes }) => {
    const earlier = before.get(relation);
    const perSecond = (now: number, then = now): number => Math.max(0, Math.round(((now - then) * 1_000) / apartMs));
    return {
      relation,
      rows,
      bytes,
      readsPerSecond: perSecond(reads, earlier?.reads),
      writesPerSecond: perSecond(writes, earlier?.writes),
    };
  });
}

async function readSample(session: Session, relations: readonly string[]): Promise<readonly Sample[]> {
  // Otherwise the second look would see what the first one has cached.
  await session.query('SELECT pg_catalog.pg_stat_clear_snapshot()');
  const { rows } = await session.query<Sample>(
    `WITH RECURSIVE named AS (
       SELECT c.oid, n.nspname || '.' || c.relname AS relation
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname || '.' || c.relname = ANY ($1) AND c.relkind IN ('r', 'p', 'm')),
     family AS (
       SELECT oid AS top, oid AS part FROM named
       UNION ALL SELECT f.top, i.inhrelid FROM family f JOIN pg_catalog.pg_inherits i ON i.inhparent = f.part)
     SELECT named.relation,
            CASE WHEN pg_catalog.bool_or(c.relkind <> 'p' AND c.reltuples >= 0)
                 THEN pg_catalog.sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p') END::pg_catalog.float8 AS rows,
            pg_catalog.sum(pg_catalog.pg_total_relation_size(c.oid))::pg_catalog.float8 AS bytes,
            coalesce(pg_catalog.sum(s.seq_scan + coalesce(s.idx_scan, 0)), 0)::pg_catalog.float8 AS reads,
            coalesce(pg_catalog.sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del), 0)::pg_catalog.float8 AS writes
     FROM named JOIN family ON family.top = named.oid JOIN pg_catalog.pg_class c ON c.oid = family.part
     LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
     GROUP BY named.relation ORDER BY named.relation`,
    [[...relations]],
  );
  return rows;
}
