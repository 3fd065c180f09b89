import {
  commentOf,
  enabledOf,
  madeByUser,
  notOfExtension,
  optionsOf,
  ownNamespaces,
  privilegesOf,
  type CatalogQuery,
} from './catalog-query.ts';

/** Functions and what is built of them: aggregates, casts, transforms, languages, event triggers, foreign servers. */
export const routineQueries: readonly CatalogQuery[] = [
  // Those that the server made for a range type are the type's (deptype `i`).
  () => `
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, p.oid::regprocedure::text, NULL,
           jsonb_build_object(
             'definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END,
             'arguments', CASE WHEN p.prokind = 'a' THEN pg_get_function_arguments(p.oid) END,
             'aggregate', (SELECT concat_ws(' ', a.aggtransfn, a.aggtranstype::regtype, a.aggtransspace, a.aggfinalfn, a.aggfinalextra, a.aggfinalmodify,
                                  a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn, a.aggmfinalextra, a.aggmfinalmodify,
                                  CASE WHEN a.aggmtranstype <> 0 THEN a.aggmtranstype::regtype END, a.aggmtransspace, 'init', a.agginitval, 'minit', a.aggminitval,
                                  a.aggkind, a.aggnumdirectargs, CASE WHEN a.aggsortop <> 0 THEN a.aggsortop::regoperator END, 'parallel', p.proparallel)
                           FROM pg_aggregate a WHERE a.aggfnoid = p.oid),
             'comment', ${commentOf('pg_proc', 'p.oid')},
             'privileges', ${privilegesOf('p.proacl', `'f'::"char"`, 'p.proowner')})
    FROM pg_proc p JOIN ${ownNamespaces} n ON n.oid = p.pronamespace
    WHERE ${notOfExtension('pg_proc', 'p.oid')}
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')`,
  () => `
    SELECT 'event trigger', format('%I', t.evtname), NULL,
           jsonb_build_object('definition', format('on %s when %s execute %s', t.evtevent, t.evttags, t.evtfoid::regprocedure),
                              'enabled', ${enabledOf('t.evtenabled')},
                              'comment', ${commentOf('pg_event_trigger', 't.oid')})
    FROM pg_event_trigger t WHERE ${notOfExtension('pg_event_trigger', 't.oid')}`,
  () => `
    SELECT 'language', format('%I', l.lanname), NULL,
           jsonb_build_object('definition', concat_ws(' ', l.lanpltrusted, l.lanplcallfoid::regprocedure, l.laninline::regprocedure, l.lanvalidator::regprocedure),
                              'comment', CASE WHEN ${madeByUser('l.oid')} THEN ${commentOf('pg_language', 'l.oid')} END,
                              'privileges', ${privilegesOf('l.lanacl', `'l'::"char"`, 'l.lanowner')})
    FROM pg_language l WHERE l.lanispl AND (${notOfExtension('pg_language', 'l.oid')} OR l.lanacl IS NOT NULL)`,
  () => `
    SELECT 'cast', format('%s as %s', c.castsource::regtype, c.casttarget::regtype), NULL,
           jsonb_build_object('definition', format('%s %s %s', c.castfunc::regprocedure,
                                CASE c.castcontext WHEN 'e' THEN 'explicit' WHEN 'a' THEN 'in assignments' ELSE 'implicit' END,
                                CASE c.castmethod WHEN 'f' THEN 'by function' WHEN 'i' THEN 'by input and output' ELSE 'binary' END),
                              'comment', ${commentOf('pg_cast', 'c.oid')})
    FROM pg_cast c WHERE ${madeByUser('c.oid')} AND ${notOfExtension('pg_cast', 'c.oid')}`,
  () => `
    SELECT 'transform', format('for %s language %I', t.trftype::regtype, l.lanname), NULL,
           jsonb_build_object('definition', format('%s %s', t.trffromsql::regprocedure, t.trftosql::regprocedure),
                              'comment', ${commentOf('pg_transform', 't.oid')})
    FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE ${notOfExtension('pg_transform', 't.oid')}`,
  () => `
    SELECT 'access method', format('%I', m.amname), NULL,
           jsonb_build_object('definition', format('%s %s', m.amtype, m.amhandler), 'comment', ${commentOf('pg_am', 'm.oid')})
    FROM pg_am m WHERE ${madeByUser('m.oid')} AND ${notOfExtension('pg_am', 'm.oid')}`,
  () => `
    SELECT 'foreign data wrapper', format('%I', w.fdwname), NULL,
           jsonb_build_object('definition', format('%s %s', w.fdwhandler::regprocedure, w.fdwvalidator::regprocedure), 'options', ${optionsOf('w.fdwoptions')},
                              'comment', ${commentOf('pg_foreign_data_wrapper', 'w.oid')},
                              'privileges', ${privilegesOf('w.fdwacl', `'F'::"char"`, 'w.fdwowner')})
    FROM pg_foreign_data_wrapper w WHERE ${notOfExtension('pg_foreign_data_wrapper', 'w.oid')}`,
  () => `
    SELECT 'server', format('%I', s.srvname), NULL,
           jsonb_build_object('definition', concat_ws(' ', quote_ident(w.fdwname), 'type', s.srvtype, 'version', s.srvversion), 'options', ${optionsOf('s.srvoptions')},
                              'comment', ${commentOf('pg_foreign_server', 's.oid')},
                              'privileges', ${privilegesOf('s.srvacl', `'S'::"char"`, 's.srvowner')})
    FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE ${notOfExtension('pg_foreign_server', 's.oid')}`,
];
