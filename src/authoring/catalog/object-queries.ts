import {
  commentOf,
  notOfExtension,
  ownNamespaces,
  privilegesBeyond,
  privilegesOf,
  type CatalogQuery,
} from './catalog-query.ts';

/** Schemas, extensions, default privileges, and what operators, collations and text search are made of. */
export const objectQueries: readonly CatalogQuery[] = [
  // `public` is there from the start, with rights and a comment that its own default does not have.
  () => `
    SELECT 'schema', format('%I', n.nspname), NULL,
           jsonb_build_object('comment', nullif(${commentOf('pg_namespace', 'n.oid')}, CASE n.nspname WHEN 'public' THEN 'standard public schema' END),
                              'privileges', CASE n.nspname WHEN 'public' THEN ${grantsOf('n.nspacl')} ELSE ${privilegesOf('n.nspacl', `'n'::"char"`, 'n.nspowner')} END)
    FROM ${ownNamespaces} n WHERE ${notOfExtension('pg_namespace', 'n.oid')}`,
  () => `
    SELECT 'extension', format('%I', e.extname), NULL,
           jsonb_build_object('schema', n.nspname, 'version', e.extversion, 'comment', ${commentOf('pg_extension', 'e.oid')})
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'`,
  // Within a schema they add to the defaults of all schemas, so they begin with nothing.
  () => `
    SELECT 'default privileges',
           concat(CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END,
                  ' in ', coalesce(quote_ident(n.nspname), 'every schema'),
                  ' made by ' || CASE WHEN d.defaclrole <> ALL(ARRAY[b.datdba, current_user::regrole::oid]) THEN quote_ident(pg_get_userbyid(d.defaclrole)) END), NULL,
           jsonb_build_object('privileges', ${privilegesBeyond(
             'd.defaclacl',
             `CASE d.defaclnamespace WHEN 0 THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END, d.defaclrole) ELSE NULL::aclitem[] END`,
             'd.defaclrole',
           )})
    FROM pg_default_acl d JOIN pg_database b ON b.datname = current_database() LEFT JOIN ${ownNamespaces} n ON n.oid = d.defaclnamespace
    WHERE d.defaclnamespace = 0 OR n.oid IS NOT NULL`,
  () => `
    SELECT 'operator', o.oid::regoperator::text, NULL,
           jsonb_build_object('definition', concat_ws(' ', o.oprcode::regprocedure, o.oprresult::regtype, CASE WHEN o.oprcanmerge THEN 'merges' END, CASE WHEN o.oprcanhash THEN 'hashes' END),
                              'commutator', nullif(o.oprcom, 0)::regoperator::text, 'negator', nullif(o.oprnegate, 0)::regoperator::text,
                              'estimators', nullif(format('%s %s', o.oprrest, o.oprjoin), '- -'),
                              'comment', ${commentOf('pg_operator', 'o.oid')})
    FROM pg_operator o JOIN ${ownNamespaces} n ON n.oid = o.oprnamespace WHERE ${notOfExtension('pg_operator', 'o.oid')}`,
  () => `
    SELECT 'operator family', format('%I.%I using %I', n.nspname, f.opfname, m.amname), NULL,
           jsonb_build_object(
             'operators', (SELECT string_agg(concat(a.amopstrategy, ' ', a.amopopr::regoperator, CASE WHEN a.amopsortfamily <> 0 THEN ' for order by' END), ', '
                                             ORDER BY a.amopstrategy, a.amopopr::regoperator::text) FROM pg_amop a WHERE a.amopfamily = f.oid),
             'functions', (SELECT string_agg(concat(a.amprocnum, ' (', a.amproclefttype::regtype, ', ', a.amprocrighttype::regtype, ') ', a.amproc::regprocedure), ', '
                                             ORDER BY a.amprocnum, a.amproc::regprocedure::text, a.amproclefttype::regtype::text) FROM pg_amproc a WHERE a.amprocfamily = f.oid),
             'comment', ${commentOf('pg_opfamily', 'f.oid')})
    FROM pg_opfamily f JOIN ${ownNamespaces} n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod WHERE ${notOfExtension('pg_opfamily', 'f.oid')}`,
  () => `
    SELECT 'operator class', format('%I.%I using %I', n.nspname, o.opcname, m.amname), NULL,
           jsonb_build_object('definition', concat_ws(' ', CASE WHEN o.opcdefault THEN 'default' END, 'for', o.opcintype::regtype,
                                'family', (SELECT format('%s.%I', f.opfnamespace::regnamespace, f.opfname) FROM pg_opfamily f WHERE f.oid = o.opcfamily),
                                CASE WHEN o.opckeytype <> 0 THEN 'storage ' || o.opckeytype::regtype::text END),
                              'comment', ${commentOf('pg_opclass', 'o.oid')})
    FROM pg_opclass o JOIN ${ownNamespaces} n ON n.oid = o.opcnamespace JOIN pg_am m ON m.oid = o.opcmethod WHERE ${notOfExtension('pg_opclass', 'o.oid')}`,
  // The locale of ICU has had two names since version 15, its rules came with 16. Its library's version is the machine's.
  () => `
    SELECT 'collation', c.oid::regcollation::text, NULL,
           jsonb_build_object('definition', concat_ws(' ', c.collprovider, c.collcollate, c.collctype, coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'),
                                CASE WHEN NOT c.collisdeterministic THEN 'nondeterministic' END, to_jsonb(c) ->> 'collicurules'),
                              'comment', ${commentOf('pg_collation', 'c.oid')})
    FROM pg_collation c JOIN ${ownNamespaces} n ON n.oid = c.collnamespace WHERE ${notOfExtension('pg_collation', 'c.oid')}`,
  () => `
    SELECT 'conversion', format('%I.%I', n.nspname, c.conname), NULL,
           jsonb_build_object('definition', concat_ws(' ', pg_encoding_to_char(c.conforencoding), 'to', pg_encoding_to_char(c.contoencoding), c.conproc::regprocedure,
                                CASE WHEN c.condefault THEN 'default' END),
                              'comment', ${commentOf('pg_conversion', 'c.oid')})
    FROM pg_conversion c JOIN ${ownNamespaces} n ON n.oid = c.connamespace WHERE ${notOfExtension('pg_conversion', 'c.oid')}`,
  () => `
    SELECT 'text search configuration', format('%I.%I', n.nspname, c.cfgname), NULL,
           jsonb_build_object('parser', (SELECT format('%s.%I', p.prsnamespace::regnamespace, p.prsname) FROM pg_ts_parser p WHERE p.oid = c.cfgparser),
                              'mappings', (SELECT string_agg(format('%s: %s', t.alias, m.mapdict::regdictionary), ', ' ORDER BY t.alias, m.mapseqno)
                                           FROM pg_ts_config_map m JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype WHERE m.mapcfg = c.oid),
                              'comment', ${commentOf('pg_ts_config', 'c.oid')})
    FROM pg_ts_config c JOIN ${ownNamespaces} n ON n.oid = c.cfgnamespace WHERE ${notOfExtension('pg_ts_config', 'c.oid')}`,
  () => `
    SELECT 'text search dictionary', format('%I.%I', n.nspname, d.dictname), NULL,
           jsonb_build_object('template', (SELECT format('%s.%I', t.tmplnamespace::regnamespace, t.tmplname) FROM pg_ts_template t WHERE t.oid = d.dicttemplate),
                              'options', d.dictinitoption, 'comment', ${commentOf('pg_ts_dict', 'd.oid')})
    FROM pg_ts_dict d JOIN ${ownNamespaces} n ON n.oid = d.dictnamespace WHERE ${notOfExtension('pg_ts_dict', 'd.oid')}`,
  () => `
    SELECT 'text search parser', format('%I.%I', n.nspname, p.prsname), NULL,
           jsonb_build_object('definition', concat_ws(' ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype), 'comment', ${commentOf('pg_ts_parser', 'p.oid')})
    FROM pg_ts_parser p JOIN ${ownNamespaces} n ON n.oid = p.prsnamespace WHERE ${notOfExtension('pg_ts_parser', 'p.oid')}`,
  () => `
    SELECT 'text search template', format('%I.%I', n.nspname, t.tmplname), NULL,
           jsonb_build_object('definition', concat_ws(' ', t.tmplinit, t.tmpllexize), 'comment', ${commentOf('pg_ts_template', 't.oid')})
    FROM pg_ts_template t JOIN ${ownNamespaces} n ON n.oid = t.tmplnamespace WHERE ${notOfExtension('pg_ts_template', 't.oid')}`,
];

/** Everything granted to others than the owner, the default's grants included. */
function grantsOf(acl: string): string {
  return privilegesBeyond(
    `coalesce(${acl}, acldefault('n'::"char", n.nspowner))`,
    `ARRAY(SELECT makeaclitem(n.nspowner, n.nspowner, privilege, false) FROM unnest(ARRAY['CREATE', 'USAGE']) privilege)`,
    'n.nspowner',
  );
}
