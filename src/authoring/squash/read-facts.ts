import type { Session } from '../../runner/database/connection/session.ts';

/** What a baseline must give a database beside its catalog and rows, by kind and name. */
export type Facts = ReadonlyMap<string, string>;

const nobodysSchemas = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`;
const ofNoExtension = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

/**
 * What the comparison of catalogs leaves aside and a squash may not lose: the order of columns, owners, whether a materialized
 * view holds rows, settings and labels.
 */
const queries: readonly string[] = [
  `SELECT 'order of columns', format('%I.%I', n.nspname, c.relname), string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relkind IN ('r', 'p', 'f', 'c') AND ${nobodysSchemas} AND ${ofNoExtension('pg_class', 'c.oid')}
   GROUP BY n.nspname, c.relname`,
  `SELECT 'owner of ' || CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
     WHEN 'f' THEN 'foreign table' ELSE 'table' END, format('%I.%I', n.nspname, c.relname), pg_get_userbyid(c.relowner)
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${nobodysSchemas} AND ${ofNoExtension('pg_class', 'c.oid')}
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S' AND d.deptype IN ('a', 'i'))`,
  `SELECT 'owner of ' || CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
     format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), pg_get_userbyid(p.proowner)
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE ${nobodysSchemas} AND ${ofNoExtension('pg_proc', 'p.oid')}`,
  `SELECT 'owner of ' || CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, format('%I.%I', n.nspname, t.typname), pg_get_userbyid(t.typowner)
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c') AND ${nobodysSchemas} AND ${ofNoExtension('pg_type', 't.oid')}`,
  `SELECT 'owner of schema', quote_ident(n.nspname), pg_get_userbyid(n.nspowner) FROM pg_namespace n
   WHERE ${nobodysSchemas} AND ${ofNoExtension('pg_namespace', 'n.oid')}`,
  `SELECT 'rows of materialized view', format('%I.%I', n.nspname, c.relname), CASE WHEN c.relispopulated THEN 'some' ELSE 'none' END
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND ${nobodysSchemas}`,
  `SELECT 'settings of the database', coalesce(quote_ident(pg_get_userbyid(nullif(s.setrole, 0))), 'all'), array_to_string(s.setconfig, ', ')
   FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()`,
  `SELECT 'comment of the database', 'it', shobj_description(d.oid, 'pg_database') FROM pg_database d
   WHERE d.datname = current_database() AND shobj_description(d.oid, 'pg_database') IS NOT NULL`,
  `SELECT 'rights on the database', 'it', d.datacl::text FROM pg_database d WHERE d.datname = current_database() AND d.datacl IS NOT NULL`,
  `SELECT 'security label of', l.objtype || ' ' || l.objname, l.provider || ' ' || l.label FROM pg_seclabels l`,
  `SELECT 'number of', 'large objects', count(*)::text FROM pg_largeobject_metadata HAVING count(*) > 0`,
  // Its options hold a password, which no output may show.
  `SELECT 'user mapping for', format('%I on %I', u.usename, u.srvname), 'digest ' || md5(u.umoptions::text) FROM pg_user_mappings u`,
];

/** @throws the server's error. */
export async function readFacts(session: Session): Promise<Facts> {
  const { rows } = await session.query<{ kind: string; name: string; value: string | null }>(
    queries.map((query) => `SELECT * FROM (${query}) AS fact(kind, name, value)`).join('\nUNION ALL\n'),
  );
  const facts = new Map(rows.map(({ kind, name, value }) => [`${kind} ${name}`, value ?? '']));
  for (const { name, value } of await readSequences(session)) facts.set(`state of sequence ${name}`, value);
  return facts;
}

/** Where each sequence stands, as the arguments of `setval`; `isFresh`: as it was made. */
export async function readSequences(
  session: Session,
): Promise<readonly { readonly name: string; readonly value: string; readonly isFresh: boolean }[]> {
  const { rows: found } = await session.query<{ name: string; start: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, s.seqstart::text AS start
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relpersistence <> 't' AND ${ofNoExtension('pg_class', 'c.oid')} ORDER BY 1`,
  );
  const sequences = [];
  for (const { name, start } of found) {
    const { rows } = await session.query<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${name}`,
    );
    const [{ last, called } = { last: start, called: false }] = rows;
    sequences.push({ name, value: `${last}, ${called}`, isFresh: !called && last === start });
  }
  return sequences;
}

/** What is other, a line each: - is missing, + is extra, ~ is other. */
export function compareFacts(expected: Facts, actual: Facts): readonly string[] {
  const names = [...new Set([...expected.keys(), ...actual.keys()])].toSorted();
  return names.flatMap((name) => {
    const [before, now] = [expected.get(name), actual.get(name)];
    if (before === now) return [];
    if (before === undefined) return [`+ ${name}: ${now ?? ''}`];
    return now === undefined ? [`- ${name}: ${before}`] : [`~ ${name}`, `    ${before} → ${now}`];
  });
}

/** Statements that set what the dump leaves aside: owners, and whether a materialized view holds rows. */
export function supplementFacts(expected: Facts, actual: Facts): readonly string[] {
  return [...expected].flatMap(([name, value]) => {
    if (!actual.has(name) || actual.get(name) === value) return [];
    const [, view] = /^rows of materialized view (.*)$/s.exec(name) ?? [];
    if (view !== undefined) return [`REFRESH MATERIALIZED VIEW ${view}${value === 'none' ? ' WITH NO DATA' : ''};`];
    const [, kind, object] = /^owner of (materialized view|foreign table|\w+) (.*)$/s.exec(name) ?? [];
    if (kind === undefined || object === undefined) return [];
    return [`ALTER ${kind.toUpperCase()} ${object} OWNER TO "${value.replaceAll('"', '""')}";`];
  });
}
