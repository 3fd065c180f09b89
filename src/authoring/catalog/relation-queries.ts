import { commentOf, optionsOf, ownRelations, privilegesOf, relationName, type CatalogQuery } from './catalog-query.ts';

/** The table and column that a sequence belongs to. */
const owningColumn = `
  FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')`;

/** Tables, views and sequences themselves, and their columns. */
export const relationQueries: readonly CatalogQuery[] = [
  () => `
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                          WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' END,
           ${relationName},
           (SELECT d.refobjid::regclass::text ${owningColumn}),
           jsonb_build_object(
             'partition key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
             'partition of', (SELECT format('%s %s', i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid))
                              FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition),
             'inherits', (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
                          FROM pg_inherits i WHERE i.inhrelid = c.oid AND NOT c.relispartition),
             'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
             'options', ${optionsOf('c.reloptions')},
             'toast options', (SELECT ${optionsOf('toast.reloptions')} FROM pg_class toast WHERE toast.oid = c.reltoastrelid),
             'access method', CASE WHEN c.relkind IN ('r', 'p', 'm') AND m.amname <> 'heap' THEN m.amname END,
             'of type', CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END,
             'row security', CASE WHEN c.relrowsecurity THEN CASE WHEN c.relforcerowsecurity THEN 'forced' ELSE 'on' END
                                  WHEN c.relforcerowsecurity THEN 'forced, but off' END,
             'replica identity', CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'i' THEN 'index'
                                      WHEN 'n' THEN CASE WHEN c.relkind IN ('r', 'p') THEN 'nothing' END END,
             'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
             'sequence', (SELECT format('%s start %s increment %s min %s max %s cache %s%s', s.seqtypid::regtype, s.seqstart, s.seqincrement,
                                        s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END)
                          FROM pg_sequence s WHERE s.seqrelid = c.oid),
             'owned by', (SELECT format('%s.%I', d.refobjid::regclass, a.attname) ${owningColumn}),
             'server', (SELECT format('%I', s.srvname) FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid),
             'foreign options', (SELECT ${optionsOf('f.ftoptions')} FROM pg_foreign_table f WHERE f.ftrelid = c.oid),
             'comment', ${commentOf('pg_class', 'c.oid')},
             'privileges', ${privilegesOf('c.relacl', `CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END`, 'c.relowner')})
    FROM ${ownRelations} c LEFT JOIN pg_am m ON m.oid = c.relam
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
  // A column of a view is its query's; only what was said of it by itself is looked at.
  (version) => `
    SELECT 'column', ${relationName} || format('.%I', a.attname), ${relationName},
           jsonb_build_object(
             'type', format_type(a.atttypid, a.atttypmod),
             'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
             'not null', ${notNull(version)},
             'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
             'generated', CASE a.attgenerated WHEN 's' THEN 'stored ' WHEN 'v' THEN 'virtual ' END || pg_get_expr(d.adbin, d.adrelid),
             'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
             'storage', CASE WHEN a.attstorage <> t.typstorage THEN
               CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END END,
             'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
             'statistics', nullif(a.attstattarget, -1)::text,
             'options', ${optionsOf('a.attoptions')},
             'foreign options', ${optionsOf('a.attfdwoptions')},
             'comment', ${commentOf('pg_class', 'a.attrelid', 'a.attnum')},
             'privileges', ${privilegesOf('a.attacl', `'c'::"char"`, 'c.relowner')})
    FROM ${ownRelations} c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'f')
       OR (c.relkind IN ('v', 'm') AND (col_description(a.attrelid, a.attnum) IS NOT NULL OR a.attacl IS NOT NULL OR d.oid IS NOT NULL
            OR a.attstattarget >= 0 OR a.attoptions IS NOT NULL OR a.attstorage <> t.typstorage OR a.attcompression <> ''))`,
];

/** From version 18 there is a constraint behind it, which need not reach the children or may not be validated yet. */
function notNull(version: number): string {
  const yes = `CASE WHEN a.attnotnull THEN 'yes' END`;
  if (version < 18) return yes;
  return `coalesce((
    SELECT concat('yes', CASE WHEN o.connoinherit THEN ', no inherit' END, CASE WHEN NOT o.convalidated THEN ', not valid' END)
    FROM pg_constraint o WHERE o.conrelid = a.attrelid AND o.contype = 'n' AND o.conkey = ARRAY[a.attnum]), ${yes})`;
}
