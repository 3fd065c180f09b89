import { commentOf, notOfExtension, ownNamespaces, privilegesOf, type CatalogQuery } from './catalog-query.ts';

const constraintsOfDomain = `(
  SELECT string_agg(concat(quote_ident(o.conname), ' ', pg_get_constraintdef(o.oid), CASE WHEN o.convalidated THEN '' ELSE ' (not validated)' END,
                           ' (' || ${commentOf('pg_constraint', 'o.oid')} || ')'), ', ' ORDER BY o.conname)
  FROM pg_constraint o WHERE o.contypid = t.oid AND o.contype = 'c')`;

const attributes = `(
  SELECT string_agg(concat(quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod),
                           CASE WHEN a.attcollation <> s.typcollation THEN ' collate ' || a.attcollation::regcollation::text END,
                           ' (' || col_description(a.attrelid, a.attnum) || ')'), ', ' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type s ON s.oid = a.atttypid WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)`;

const range = `(
  SELECT concat_ws(' ', r.rngsubtype::regtype, format('%I.%I', n.nspname, o.opcname),
                   CASE WHEN r.rngcollation <> 0 THEN r.rngcollation::regcollation::text END,
                   r.rngcanonical, r.rngsubdiff, 'multirange', r.rngmultitypid::regtype)
  FROM pg_range r JOIN pg_opclass o ON o.oid = r.rngsubopc JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE r.rngtypid = t.oid)`;

const storage = `concat_ws(' ', t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze, to_jsonb(t) ->> 'typsubscript',
  t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory, t.typispreferred, t.typdelim,
  CASE WHEN t.typelem <> 0 THEN t.typelem::regtype END, t.typcollation <> 0, t.typdefault)`;

/** Enums, domains, composites, ranges and base types. The row type of a table is the table's. */
export const typeQueries: readonly CatalogQuery[] = [
  () => `
    SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, format('%I.%I', n.nspname, t.typname), NULL,
           jsonb_build_object(
             'labels', (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
             'attributes', CASE WHEN t.typtype = 'c' THEN ${attributes} END,
             'base', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
             'collation', CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END,
             'not null', CASE WHEN t.typtype = 'd' AND t.typnotnull THEN 'yes' END,
             'default', CASE WHEN t.typtype = 'd' THEN t.typdefault END,
             'checks', ${constraintsOfDomain},
             'range', ${range},
             'storage', CASE WHEN t.typtype = 'b' THEN ${storage} END,
             'defined', CASE WHEN NOT t.typisdefined THEN 'no' END,
             'comment', ${commentOf('pg_type', 't.oid')},
             'privileges', ${privilegesOf('t.typacl', `'T'::"char"`, 't.typowner')})
    FROM pg_type t JOIN ${ownNamespaces} n ON n.oid = t.typnamespace LEFT JOIN pg_type b ON b.oid = t.typbasetype
    WHERE ${notOfExtension('pg_type', 't.oid')} AND (t.typtype IN ('e', 'd', 'r', 'b', 'c') OR NOT t.typisdefined)
      AND (t.typtype <> 'c' OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid)`,
];
