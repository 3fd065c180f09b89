import type { Session } from '../connection/session.ts';

export interface RowCount {
  readonly total: number;
  /** `estimate`: the planner's, from the statistics of the table; counting would read all of it. */
  readonly totalFrom: 'count' | 'estimate';
}

/** Up to so many rows a count is quick. */
const fewRows = 100_000;

/** How many rows of the table there are to walk, about. */
export async function countRows(session: Session, table: string, where: string | undefined): Promise<RowCount> {
  const source = `${table}${where === undefined ? '' : ` WHERE (${where})`}`;
  const { rows } = await session.query<{
    'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }];
  }>(`EXPLAIN (FORMAT JSON) SELECT FROM ${source}`);
  const estimate = rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  const size = await session.query<{ rows: number }>(
    'SELECT greatest(c.reltuples, 0)::pg_catalog.float8 AS rows FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)::pg_catalog.oid',
    [table],
  );
  if (Math.max(estimate, size.rows[0]?.rows ?? 0) > fewRows) return { total: estimate, totalFrom: 'estimate' };
  const counted = await session.query<{ rows: number }>(
    `SELECT pg_catalog.count(*)::pg_catalog.float8 AS rows FROM ${source}`,
  );
  return { total: counted.rows[0]?.rows ?? 0, totalFrom: 'count' };
}
