import type { TestDatabase } from './database.ts';

/** Everything that revisions made in the database, one line each, and the record: for comparing two ways to the same schema. */
export async function readCatalog(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.query<{ line: string }>(`
    WITH ours AS (
      SELECT oid, nspname FROM pg_namespace
      WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'
    )
    SELECT 'schema ' || nspname || coalesce(' ' || obj_description(oid, 'pg_namespace'), '') AS line FROM ours
    UNION ALL
    SELECT format('column %s.%s %s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                  pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN ours ON ours.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'v', 'm', 'p')
    UNION ALL
    SELECT format('constraint %s %s %s', o.conrelid::regclass, o.conname, pg_get_constraintdef(o.oid))
    FROM pg_constraint o JOIN ours ON ours.oid = o.connamespace
    UNION ALL
    SELECT format('index %s valid=%s', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN ours ON ours.oid = c.relnamespace
    UNION ALL
    SELECT format('type %s %s %s', t.oid::regtype, t.typtype, (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
    FROM pg_type t JOIN ours ON ours.oid = t.typnamespace
    UNION ALL
    SELECT format('function %s %s %s', p.oid::regprocedure, encode(convert_to(p.prosrc, 'UTF8'), 'escape'), pg_get_function_sqlbody(p.oid))
    FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
    UNION ALL
    SELECT format('comment %s %s', d.objoid::regclass, encode(convert_to(d.description, 'UTF8'), 'escape'))
    FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass JOIN ours ON ours.oid = c.relnamespace`);
  return rows.map(({ line }) => line).toSorted();
}

/** The record but for what must differ: when, how long, and in which run. */
export async function readHistoryRows(database: TestDatabase): Promise<readonly Record<string, unknown>[]> {
  return database.query(`
    SELECT revision, name, checksum, up_body, down_body, sequence, database_role, git_sha, tool_version
    FROM migrations.history ORDER BY sequence`);
}
