import { commentOf, enabledOf, ownNamespaces, ownRelations, relationName, type CatalogQuery } from './catalog-query.ts';

/** What hangs on tables and views and has a name of its own. */
export const tableQueries: readonly CatalogQuery[] = [
  // Foreign keys that the server made for partitions follow their parent's, with names that depend on the order of creation.
  // From version 18 NOT NULL is a constraint too; the column says it already.
  () => `
    SELECT 'constraint' AS kind, format('%I on ', o.conname) || ${relationName} AS name, ${relationName} AS parent,
           jsonb_build_object(
             'definition', pg_get_constraintdef(o.oid),
             'validated', CASE WHEN NOT o.convalidated THEN 'no' END,
             'inherited', CASE WHEN NOT o.conislocal THEN 'yes' END,
             'comment', ${commentOf('pg_constraint', 'o.oid')}) AS properties
    FROM pg_constraint o JOIN ${ownRelations} c ON c.oid = o.conrelid
    WHERE o.contype NOT IN ('n', 't') AND NOT (o.contype = 'f' AND o.conparentid <> 0)`,
  () => `
    SELECT 'index', format('%I.%I', c.nspname, x.relname), ${relationName},
           jsonb_build_object(
             'definition', pg_get_indexdef(i.indexrelid),
             'valid', CASE WHEN NOT i.indisvalid THEN 'no' END,
             'clustered', CASE WHEN i.indisclustered THEN 'yes' END,
             'replica identity', CASE WHEN i.indisreplident THEN 'yes' END,
             'attached to', (SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = i.indexrelid),
             'statistics', (SELECT string_agg(format('%s: %s', a.attnum, a.attstattarget), ', ' ORDER BY a.attnum)
                            FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0),
             'comment', ${commentOf('pg_class', 'i.indexrelid')})
    FROM pg_index i JOIN ${ownRelations} c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid`,
  // A trigger of a partition is its parent's, unless it is switched on or off by itself.
  () => `
    SELECT 'trigger', format('%I on ', t.tgname) || ${relationName}, ${relationName},
           jsonb_build_object(
             'definition', CASE WHEN t.tgparentid = 0 THEN pg_get_triggerdef(t.oid) END,
             'enabled', coalesce(${enabledOf('t.tgenabled')}, CASE WHEN t.tgparentid <> 0 THEN 'yes' END),
             'comment', ${commentOf('pg_trigger', 't.oid')})
    FROM pg_trigger t JOIN ${ownRelations} c ON c.oid = t.tgrelid LEFT JOIN pg_trigger p ON p.oid = t.tgparentid
    WHERE (NOT t.tgisinternal AND t.tgparentid = 0) OR t.tgenabled <> p.tgenabled`,
  () => `
    SELECT 'rule', format('%I on ', r.rulename) || ${relationName}, ${relationName},
           jsonb_build_object(
             'definition', pg_get_ruledef(r.oid),
             'enabled', ${enabledOf('r.ev_enabled')},
             'comment', ${commentOf('pg_rewrite', 'r.oid')})
    FROM pg_rewrite r JOIN ${ownRelations} c ON c.oid = r.ev_class
    WHERE r.rulename <> '_RETURN'`,
  () => `
    SELECT 'policy', format('%I on ', p.polname) || ${relationName}, ${relationName},
           jsonb_build_object(
             'for', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END,
             'kind', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
             'to', (SELECT string_agg(name, ', ' ORDER BY name)
                    FROM (SELECT CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END AS name FROM unnest(p.polroles) role) roles),
             'using', pg_get_expr(p.polqual, p.polrelid),
             'check', pg_get_expr(p.polwithcheck, p.polrelid),
             'comment', ${commentOf('pg_policy', 'p.oid')})
    FROM pg_policy p JOIN ${ownRelations} c ON c.oid = p.polrelid`,
  // The column with the target became nullable in version 17.
  () => `
    SELECT 'statistics', format('%I.%I', n.nspname, s.stxname), s.stxrelid::regclass::text,
           jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid),
                              'target', nullif(to_jsonb(s) ->> 'stxstattarget', '-1'),
                              'comment', ${commentOf('pg_statistic_ext', 's.oid')})
    FROM pg_statistic_ext s JOIN ${ownNamespaces} n ON n.oid = s.stxnamespace`,
  (version) => `
    SELECT 'publication', format('%I', p.pubname), NULL,
           jsonb_build_object(
             'of', CASE WHEN p.puballtables THEN 'all tables' END,
             'operations', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                                           CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
             'via root', CASE WHEN p.pubviaroot THEN 'yes' END,
             'generated columns', nullif(to_jsonb(p) ->> 'pubgencols', 'n'),
             'tables', (SELECT string_agg(${publishedTable(version)}, ', ' ORDER BY r.prrelid::regclass::text) FROM pg_publication_rel r WHERE r.prpubid = p.oid),
             'schemas', ${
               version < 15
                 ? 'NULL'
                 : `(SELECT string_agg(s.pnnspid::regnamespace::text, ', ' ORDER BY s.pnnspid::regnamespace::text) FROM pg_publication_namespace s WHERE s.pnpubid = p.oid)`
             },
             'comment', ${commentOf('pg_publication', 'p.oid')})
    FROM pg_publication p`,
];

function publishedTable(version: number): string {
  if (version < 15) return 'r.prrelid::regclass::text';
  return `concat(r.prrelid::regclass,
    (SELECT format(' (%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)) FROM pg_attribute a
     WHERE a.attrelid = r.prrelid AND a.attnum = ANY(r.prattrs) HAVING count(*) > 0), ' where ' || pg_get_expr(r.prqual, r.prrelid))`;
}
