import { literal, queryAsLogin } from '../record/as-login.ts';
import type { JournalPlace } from '../record/journal.ts';
import { createdIndex, reindexed } from './invalid-index.ts';
import { quoted } from '../record/record-tables.ts';
import type { Session } from '../connection/session.ts';

/** An index that a started but unmarked CONCURRENTLY statement has made. */
export interface OwnIndex {
  /** With its schema, quoted. */
  readonly name: string;
  readonly isValid: boolean;
}

/**
 * The indexes that an unfinished try of this statement has left: of the table and name that it would have, and made after the
 * journal noted its start (PostgreSQL keeps which transaction made a row of its catalog). An index that somebody else made
 * before is none of them, INVALID or not; nor is one that is being built at this moment.
 * (PostgreSQL documentation: CREATE INDEX and REINDEX, "Building" and "Rebuilding Indexes Concurrently".)
 */
export async function readOwnIndexes(
  session: Session,
  statement: string,
  { schema, at }: { readonly schema: string; readonly at: JournalPlace },
): Promise<readonly OwnIndex[]> {
  const scope = scopeOf(statement);
  if (scope === undefined) return [];
  const rows = await queryAsLogin<{ schema: string; name: string; isValid: boolean }>(
    session,
    `SELECT n.nspname AS schema, c.relname AS name, i.indisvalid AND i.indisready AS "isValid"
     FROM ${quoted(schema)}.journal j, pg_catalog.pg_index i
     JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
     WHERE j.revision OPERATOR(pg_catalog.=) ${literal(at.revision)} AND j.direction OPERATOR(pg_catalog.=) ${literal(at.direction)}
       AND j.statement OPERATOR(pg_catalog.=) ${at.statement} AND j.finished_at IS NULL
       AND pg_catalog.age(c.xmin) OPERATOR(pg_catalog.<=) pg_catalog.age(j.xmin)
       AND n.nspname OPERATOR(pg_catalog.<>) 'pg_toast'::name AND ${scope}
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p
                       WHERE p.index_relid OPERATOR(pg_catalog.=) c.oid OR p.relid OPERATOR(pg_catalog.=) i.indrelid)
     ORDER BY n.nspname, c.relname`,
  );
  return rows.map((row) => ({ name: `${quoted(row.schema)}.${quoted(row.name)}`, isValid: row.isValid }));
}

/** Which indexes the statement may have made, as a condition; `undefined` when it makes none. */
function scopeOf(statement: string): string | undefined {
  const created = createdIndex(statement);
  if (created) {
    const ofTable = `i.indrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${literal(created.table)})::oid`;
    return created.name === undefined
      ? `${ofTable} AND c.relname OPERATOR(pg_catalog.~) '_idx[0-9]*$'`
      : `${ofTable} AND c.relname OPERATOR(pg_catalog.=) ${literal(created.name)}::name`;
  }
  const target = reindexed(statement);
  if (!target) return undefined;
  // What is being rebuilt has another name only until it takes the old one's place.
  const rebuilt = "c.relname OPERATOR(pg_catalog.~) '_cc(new|old)[0-9]*$' AND NOT i.indisvalid";
  const name = literal(target.name);
  switch (target.kind) {
    case 'INDEX':
      return `${rebuilt} AND ${inTree(`(SELECT x.indrelid FROM pg_catalog.pg_index x WHERE x.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${name})::oid)`)}`;
    case 'TABLE':
      return `${rebuilt} AND ${inTree(`pg_catalog.to_regclass(${name})::oid`)}`;
    case 'SCHEMA':
      return `${rebuilt} AND n.oid OPERATOR(pg_catalog.=) pg_catalog.to_regnamespace(${name})::oid`;
    case 'DATABASE':
      return rebuilt;
  }
}

/** Of the table, or of a partition of it. */
function inTree(table: string): string {
  return `(i.indrelid OPERATOR(pg_catalog.=) ${table} OR i.indrelid OPERATOR(pg_catalog.=) ANY (SELECT t.relid::oid FROM pg_catalog.pg_partition_tree(${table}) t))`;
}
