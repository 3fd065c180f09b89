import pg from 'pg';

import { assertSql } from '../record/assert-sql.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import { deleteFrom, eventRow, historyRow, insertEventSql, insertRecordSql } from '../record/write-record.ts';

export const notInRecord = 'wumbo-migrations: the revision is not in the record';

/** SQL that is no text to be quoted. */
interface Expression {
  readonly sql: string;
}

/**
 * What `changeRecord` does, as two statements that need no answer in between. The second answers, as its only value, how many
 * milliseconds the record gives to the revision: so many as were spent before, and what the server has counted since the
 * transaction began. Reverting what is not in the record breaks the assertion {@link notInRecord}.
 */
export function changeRecordSql(
  revision: RunnableRevision,
  { schema, run }: RevisionRun,
  spentMs: number,
): readonly string[] {
  const { id, name, direction } = revision;
  const duration = {
    sql: `(${Math.round(spentMs)} OPERATOR(pg_catalog.+) pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.now()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int4`,
  };
  const cluster = run.cluster === undefined ? '' : `, 'cluster', ${literal(run.cluster)}::pg_catalog.text`;
  const detail = {
    sql: `pg_catalog.jsonb_build_object('name', ${literal(name)}::pg_catalog.text, 'durationMs', ${duration.sql}${cluster})`,
  };
  const change =
    direction === 'up'
      ? insertRecordSql(schema, historyRow<Expression>(revision, duration, run).map(literal))
      : `WITH over AS (${deleteFrom(schema, 'journal', literal(id))}), gone AS (${deleteFrom(schema, 'history', literal(id))} RETURNING 1)
     SELECT ${assertSql('pg_catalog.count(*) OPERATOR(pg_catalog.=) 1', notInRecord)} FROM gone`;
  const event = { event: direction === 'up' ? 'upgrade' : 'downgrade', revision: id } as const;
  const note = insertEventSql(schema, eventRow<Expression>(event, detail, run).map(literal));
  return [change, `${note} RETURNING detail OPERATOR(pg_catalog.->>) 'durationMs'`];
}

/** Means the same whatever the revision has made of standard_conforming_strings. */
function literal(value: string | Expression | undefined): string {
  if (value === undefined) return 'NULL';
  return typeof value === 'string' ? pg.escapeLiteral(value) : value.sql;
}
