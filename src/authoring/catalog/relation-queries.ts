import { ownNamespaces, ownRelations, privilegesOf, type CatalogQuery } from './catalog-query.ts';

/** Tables, views, sequences and everything that hangs on them. */
export const relationQueries: readonly CatalogQuery[] = [
  {
    kind: 'table, view, sequence',
    sql: `
      SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                            WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' END AS kind,
             format('%I.%I', c.nspname, c.relname) AS name, NULL AS parent,
             jsonb_build_object(
               'partition key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
               'partition of', (SELECT format('%s %s', i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid))
                                FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition),
               'inherits', (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
                            FROM pg_inherits i WHERE i.inhrelid = c.oid AND NOT c.relispartition),
               'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
               'options', (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o),
               'access method', CASE WHEN c.relkind IN ('r', 'm') AND m.amname <> 'heap' THEN m.amname END,
               'of type', CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END,
               'row security', CASE WHEN c.relrowsecurity THEN CASE WHEN c.relforcerowsecurity THEN 'forced' ELSE 'on' END
                                    WHEN c.relforcerowsecurity THEN 'forced, but off' END,
               'replica identity', CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'i' THEN 'index'
                                        WHEN 'n' THEN CASE WHEN c.relkind IN ('r', 'p') THEN 'nothing' END END,
               'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
               'sequence', (SELECT format('%s start %s increment %s min %s max %s cache %s%s', s.seqtypid::regtype, s.seqstart, s.seqincrement,
                                          s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END)
                            FROM pg_sequence s WHERE s.seqrelid = c.oid),
               'owned by', (SELECT format('%s.%I', d.refobjid::regclass, a.attname)
                            FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                            WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
                              AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')),
               'server', (SELECT format('%I %s', s.srvname, array_to_string(f.ftoptions, ', '))
                          FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid),
               'comment', obj_description(c.oid, 'pg_class'),
               'privileges', ${privilegesOf('c.relacl', `CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END`, 'c.relowner')}
             ) AS properties
      FROM ${ownRelations} c LEFT JOIN pg_am m ON m.oid = c.relam
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
  },
  {
    kind: 'column',
    sql: `
      SELECT 'column' AS kind, format('%I.%I.%I', c.nspname, c.relname, a.attname) AS name, format('%I.%I', c.nspname, c.relname) AS parent,
             jsonb_build_object(
               'type', format_type(a.atttypid, a.atttypmod),
               'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
               'not null', CASE WHEN a.attnotnull THEN 'yes' END,
               'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
               'generated', CASE a.attgenerated WHEN 's' THEN 'stored ' WHEN 'v' THEN 'virtual ' END || pg_get_expr(d.adbin, d.adrelid),
               'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
               'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
               'compression', nullif(a.attcompression::text, ''),
               'statistics', nullif(nullif(a.attstattarget, -1)::text, ''),
               'options', array_to_string(a.attoptions, ', '),
               'foreign options', array_to_string(a.attfdwoptions, ', '),
               'comment', col_description(a.attrelid, a.attnum),
               'privileges', ${privilegesOf('a.attacl', `'c'::"char"`, 'c.relowner')}
             ) AS properties
      FROM ${ownRelations} c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE c.relkind IN ('r', 'p', 'f') OR (c.relkind IN ('v', 'm') AND (col_description(a.attrelid, a.attnum) IS NOT NULL OR a.attacl IS NOT NULL))`,
  },
  {
    kind: 'constraint',
    // From version 18 NOT NULL is a constraint too; the column says it already. A foreign key to a partitioned table has a part
    // for each partition, on the same table, which nobody can name or validate.
    sql: `
      SELECT 'constraint' AS kind, format('%I on %I.%I', o.conname, c.nspname, c.relname) AS name, format('%I.%I', c.nspname, c.relname) AS parent,
             jsonb_build_object(
               'definition', pg_get_constraintdef(o.oid),
               'validated', CASE WHEN NOT o.convalidated THEN 'no' END,
               'inherited', CASE WHEN NOT o.conislocal THEN 'yes' END,
               'comment', obj_description(o.oid, 'pg_constraint')) AS properties
      FROM pg_constraint o JOIN ${ownRelations} c ON c.oid = o.conrelid
      WHERE o.contype NOT IN ('n', 't')
        AND NOT EXISTS (SELECT FROM pg_constraint whole WHERE whole.oid = o.conparentid AND whole.conrelid = o.conrelid)`,
  },
  {
    kind: 'index',
    sql: `
      SELECT 'index' AS kind, format('%I.%I', c.nspname, x.relname) AS name, format('%I.%I', c.nspname, c.relname) AS parent,
             jsonb_build_object(
               'definition', pg_get_indexdef(i.indexrelid),
               'valid', CASE WHEN NOT i.indisvalid THEN 'no' END,
               'clustered', CASE WHEN i.indisclustered THEN 'yes' END,
               'replica identity', CASE WHEN i.indisreplident THEN 'yes' END,
               'attached to', (SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = i.indexrelid),
               'comment', obj_description(i.indexrelid, 'pg_class')) AS properties
      FROM pg_index i JOIN ${ownRelations} c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid`,
  },
  {
    kind: 'trigger',
    sql: `
      SELECT 'trigger' AS kind, format('%I on %I.%I', t.tgname, c.nspname, c.relname) AS name, format('%I.%I', c.nspname, c.relname) AS parent,
             jsonb_build_object(
               'definition', pg_get_triggerdef(t.oid),
               'enabled', CASE t.tgenabled WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END,
               'comment', obj_description(t.oid, 'pg_trigger')) AS properties
      FROM pg_trigger t JOIN ${ownRelations} c ON c.oid = t.tgrelid
      WHERE NOT t.tgisinternal AND t.tgparentid = 0`,
  },
  {
    kind: 'rule',
    sql: `
      SELECT 'rule' AS kind, format('%I on %I.%I', r.rulename, c.nspname, c.relname) AS name, format('%I.%I', c.nspname, c.relname) AS parent,
             jsonb_build_object(
               'definition', pg_get_ruledef(r.oid),
               'enabled', CASE r.ev_enabled WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END,
               'comment', obj_description(r.oid, 'pg_rewrite')) AS properties
      FROM pg_rewrite r JOIN ${ownRelations} c ON c.oid = r.ev_class
      WHERE r.rulename <> '_RETURN'`,
  },
  {
    kind: 'policy',
    sql: `
      SELECT 'policy' AS kind, format('%I on %I.%I', p.polname, c.nspname, c.relname) AS name, format('%I.%I', c.nspname, c.relname) AS parent,
             jsonb_build_object(
               'for', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END,
               'kind', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
               'to', (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END, ', ' ORDER BY role) FROM unnest(p.polroles) role),
               'using', pg_get_expr(p.polqual, p.polrelid),
               'check', pg_get_expr(p.polwithcheck, p.polrelid),
               'comment', obj_description(p.oid, 'pg_policy')) AS properties
      FROM pg_policy p JOIN ${ownRelations} c ON c.oid = p.polrelid`,
  },
  {
    kind: 'statistics',
    sql: `
      SELECT 'statistics' AS kind, format('%I.%I', n.nspname, s.stxname) AS name, s.stxrelid::regclass::text AS parent,
             jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid), 'comment', obj_description(s.oid, 'pg_statistic_ext')) AS properties
      FROM pg_statistic_ext s JOIN ${ownNamespaces} n ON n.oid = s.stxnamespace`,
  },
];
