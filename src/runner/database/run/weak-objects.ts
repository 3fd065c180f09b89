import { quoted } from '../record/record-tables.ts';
import type { Session } from '../connection/session.ts';

/** What is in the catalog but not fully in force: a sentence about each, by its identity. */
export type WeakObjects = ReadonlyMap<string, string>;

/** INVALID indexes, without those that are being built at this moment, and constraints that are NOT VALID. Reads only. */
export async function readWeakObjects(session: Session): Promise<WeakObjects> {
  const { rows } = await session.query<{ id: string; kind: string; schema: string; tableName: string; name: string }>(
    `SELECT 'index ' || i.indexrelid AS id, 'index' AS kind, n.nspname AS schema, '' AS "tableName", c.relname AS name
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
     UNION ALL
     SELECT 'constraint ' || o.oid, 'constraint', n.nspname, c.relname, o.conname
     FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT o.convalidated AND n.nspname !~ '^pg_'
     ORDER BY 2 DESC, 3, 4, 5`,
  );
  return new Map(
    rows.map(({ id, kind, schema, tableName, name }) => {
      const place = `${quoted(schema)}.${quoted(kind === 'index' ? name : tableName)}`;
      const sentence =
        kind === 'index'
          ? `The run left the index ${place} INVALID: every write keeps it up, no query uses it.\nDROP INDEX CONCURRENTLY ${place}; and build it again.`
          : `The run left the constraint ${quoted(name)} of ${place} NOT VALID: rows that were there before are not checked.\nIn a later revision: ALTER TABLE ${place} VALIDATE CONSTRAINT ${quoted(name)};`;
      return [id, sentence];
    }),
  );
}
