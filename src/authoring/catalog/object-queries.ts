import { notOfExtension, ownNamespaces, privilegesOf, type CatalogQuery } from './catalog-query.ts';

/** Schemas, types, functions and everything else that is no relation. */
export const objectQueries: readonly CatalogQuery[] = [
  {
    kind: 'schema',
    sql: `
      SELECT 'schema' AS kind, format('%I', n.nspname) AS name, NULL AS parent,
             jsonb_build_object('comment', CASE WHEN n.nspname <> 'public' THEN obj_description(n.oid, 'pg_namespace') END,
                                'privileges', CASE WHEN n.nspname <> 'public' THEN ${privilegesOf('n.nspacl', `'n'::"char"`, 'n.nspowner')} END) AS properties
      FROM ${ownNamespaces} n WHERE ${notOfExtension('pg_namespace', 'n.oid')}`,
  },
  {
    kind: 'extension',
    sql: `
      SELECT 'extension' AS kind, format('%I', e.extname) AS name, NULL AS parent,
             jsonb_build_object('schema', n.nspname, 'version', e.extversion) AS properties
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' AND $1::text[] IS NOT NULL`,
  },
  {
    kind: 'type',
    sql: `
      SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS kind, format('%I.%I', n.nspname, t.typname) AS name, NULL AS parent,
             jsonb_build_object(
               'labels', (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
               'attributes', CASE WHEN t.typtype = 'c' THEN (
                  SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
                  FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END,
               'base', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
               'not null', CASE WHEN t.typtype = 'd' AND t.typnotnull THEN 'yes' END,
               'default', CASE WHEN t.typtype = 'd' THEN t.typdefault END,
               'checks', (SELECT string_agg(format('%I %s%s', o.conname, pg_get_constraintdef(o.oid), CASE WHEN o.convalidated THEN '' ELSE ' NOT VALID' END), ', ' ORDER BY o.conname)
                          FROM pg_constraint o WHERE o.contypid = t.oid AND o.contype = 'c'),
               'range', (SELECT format('%s %s %s %s', r.rngsubtype::regtype, r.rngsubopc, r.rngcanonical, r.rngsubdiff) FROM pg_range r WHERE r.rngtypid = t.oid),
               'functions', CASE WHEN t.typtype = 'b' THEN format('%s %s', t.typinput, t.typoutput) END,
               'comment', obj_description(t.oid, 'pg_type'),
               'privileges', ${privilegesOf('t.typacl', `'T'::"char"`, 't.typowner')}) AS properties
      FROM pg_type t JOIN ${ownNamespaces} n ON n.oid = t.typnamespace
      WHERE ${notOfExtension('pg_type', 't.oid')} AND t.typtype IN ('e', 'd', 'r', 'b', 'c')
        AND (t.typtype <> 'c' OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
        AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid)`,
  },
  {
    kind: 'function',
    sql: `
      SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind, p.oid::regprocedure::text AS name, NULL AS parent,
             jsonb_build_object(
               'definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END,
               'aggregate', (SELECT format('%s %s %s %s %s %s %s', a.aggtransfn, a.aggtranstype::regtype, a.aggfinalfn, a.agginitval, a.aggcombinefn, a.aggkind, a.aggsortop)
                             FROM pg_aggregate a WHERE a.aggfnoid = p.oid),
               'comment', obj_description(p.oid, 'pg_proc'),
               'privileges', ${privilegesOf('p.proacl', `'f'::"char"`, 'p.proowner')}) AS properties
      FROM pg_proc p JOIN ${ownNamespaces} n ON n.oid = p.pronamespace
      WHERE ${notOfExtension('pg_proc', 'p.oid')}
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')`,
  },
  {
    kind: 'event trigger',
    sql: `
      SELECT 'event trigger' AS kind, format('%I', t.evtname) AS name, NULL AS parent,
             jsonb_build_object('definition', format('on %s when %s execute %s', t.evtevent, t.evttags, t.evtfoid::regprocedure),
                                'enabled', CASE t.evtenabled WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END,
                                'comment', obj_description(t.oid, 'pg_event_trigger')) AS properties
      FROM pg_event_trigger t WHERE $1::text[] IS NOT NULL AND ${notOfExtension('pg_event_trigger', 't.oid')}`,
  },
  {
    kind: 'default privileges',
    sql: `
      SELECT 'default privileges' AS kind,
             format('%s in %s', CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' ELSE 'schemas' END,
                    coalesce(quote_ident(n.nspname), 'every schema')) AS name, NULL AS parent,
             jsonb_build_object('privileges', string_agg(${privilegesOf('d.defaclacl', `CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END`, 'd.defaclrole')}, '; ')) AS properties
      FROM pg_default_acl d LEFT JOIN ${ownNamespaces} n ON n.oid = d.defaclnamespace
      WHERE d.defaclnamespace = 0 OR n.oid IS NOT NULL GROUP BY 2`,
  },
  {
    kind: 'operator, cast, collation, conversion, text search, operator class',
    sql: `
      SELECT kind, name, NULL AS parent, jsonb_build_object('definition', definition) AS properties FROM (
        SELECT 'operator' AS kind, o.oid::regoperator::text AS name,
               format('%s %s %s %s %s %s', o.oprcode, o.oprresult::regtype, o.oprcom, o.oprnegate, o.oprrest, o.oprjoin) AS definition, o.oid, 'pg_operator'::regclass AS catalog
        FROM pg_operator o JOIN ${ownNamespaces} n ON n.oid = o.oprnamespace
        UNION ALL
        SELECT 'cast', format('%s as %s', c.castsource::regtype, c.casttarget::regtype),
               format('%s %s %s', c.castfunc::regprocedure, c.castcontext, c.castmethod), c.oid, 'pg_cast'::regclass
        FROM pg_cast c WHERE c.oid >= 16384
        UNION ALL
        SELECT 'collation', c.oid::regcollation::text, format('%s %s %s %s %s', c.collprovider, c.collisdeterministic, c.collencoding, c.collcollate, c.collctype), c.oid, 'pg_collation'::regclass
        FROM pg_collation c JOIN ${ownNamespaces} n ON n.oid = c.collnamespace
        UNION ALL
        SELECT 'conversion', format('%I.%I', n.nspname, c.conname), format('%s %s %s', c.conforencoding, c.contoencoding, c.conproc), c.oid, 'pg_conversion'::regclass
        FROM pg_conversion c JOIN ${ownNamespaces} n ON n.oid = c.connamespace
        UNION ALL
        SELECT 'text search configuration', format('%I.%I', n.nspname, c.cfgname),
               (SELECT string_agg(format('%s: %s', m.maptokentype, m.mapdict::regdictionary), ', ' ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m WHERE m.mapcfg = c.oid),
               c.oid, 'pg_ts_config'::regclass
        FROM pg_ts_config c JOIN ${ownNamespaces} n ON n.oid = c.cfgnamespace
        UNION ALL
        SELECT 'text search dictionary', format('%I.%I', n.nspname, d.dictname), format('%s %s', d.dicttemplate, d.dictinitoption), d.oid, 'pg_ts_dict'::regclass
        FROM pg_ts_dict d JOIN ${ownNamespaces} n ON n.oid = d.dictnamespace
        UNION ALL
        SELECT 'operator class', format('%I.%I using %I', n.nspname, o.opcname, m.amname), format('%s %s', o.opcintype::regtype, o.opcdefault), o.oid, 'pg_opclass'::regclass
        FROM pg_opclass o JOIN ${ownNamespaces} n ON n.oid = o.opcnamespace JOIN pg_am m ON m.oid = o.opcmethod) AS objects
      WHERE NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = catalog AND x.objid = objects.oid AND x.deptype = 'e')`,
  },
  {
    kind: 'publication, foreign data wrapper, server',
    sql: `
      SELECT kind, name, NULL AS parent, jsonb_build_object('definition', definition) AS properties FROM (
        SELECT 'publication' AS kind, format('%I', p.pubname) AS name,
               format('%s %s %s %s %s %s', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
                      (SELECT string_agg(format('%s (%s) %s', r.prrelid::regclass, r.prattrs, pg_get_expr(r.prqual, r.prrelid)), ', ' ORDER BY r.prrelid::regclass::text)
                       FROM pg_publication_rel r WHERE r.prpubid = p.oid)) AS definition
        FROM pg_publication p WHERE $1::text[] IS NOT NULL
        UNION ALL
        SELECT 'foreign data wrapper', format('%I', w.fdwname), format('%s %s', w.fdwhandler, w.fdwvalidator)
        FROM pg_foreign_data_wrapper w WHERE ${notOfExtension('pg_foreign_data_wrapper', 'w.oid')}
        UNION ALL
        SELECT 'server', format('%I', s.srvname), format('%s %s %s', w.fdwname, s.srvtype, s.srvversion)
        FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw) AS objects`,
  },
];
