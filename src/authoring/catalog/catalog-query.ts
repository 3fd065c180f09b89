/**
 * A query that answers `kind`, `name`, `parent` and `properties` (jsonb) of one family of objects, for a server of this major
 * version. `$1` is an array of regular expressions of the schemas to leave out.
 */
export type CatalogQuery = (version: number) => string;

/** Schemas of the user: `oid`, `nspname`. */
export const ownNamespaces = `(
  SELECT n.* FROM pg_namespace n
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' AND NOT n.nspname ~ ANY($1))`;

/** Relations in them that no extension brought: all of pg_class, and `nspname`. */
export const ownRelations = `(
  SELECT r.*, n.nspname FROM pg_class r JOIN ${ownNamespaces} n ON n.oid = r.relnamespace
  WHERE ${notOfExtension('pg_class', 'r.oid')})`;

/** The name of the relation `c` of {@link ownRelations}. */
export const relationName = `format('%I.%I', c.nspname, c.relname)`;

/** True when no extension owns the object (deptype `e` of pg_depend). */
export function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}

/** True for what a user made, in catalogs whose objects have no schema. */
export function madeByUser(oid: string): string {
  return `${oid} >= 16384`;
}

/** A query of our own: `obj_description` is a function in SQL, ten times slower per row. */
export function commentOf(catalog: string, oid: string, column = '0'): string {
  return `(SELECT said.description FROM pg_description said WHERE said.objoid = ${oid} AND said.classoid = '${catalog}'::regclass AND said.objsubid = ${column})`;
}

/** Key-value options in their own order: `a=1, b=2`. */
export function optionsOf(column: string): string {
  return `(SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(${column}) o)`;
}

/** `no`, `replica`, `always`; NULL when it fires as usual. */
export function enabledOf(column: string): string {
  return `CASE ${column} WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END`;
}

/**
 * What is granted beyond or short of the default, one `role: privilege, …` each; NULL when nothing is. The owner stands as
 * `(owner)`: two databases may belong to different roles.
 */
export function privilegesOf(acl: string, type: string, owner: string): string {
  return privilegesBeyond(acl, `acldefault(${type}, ${owner})`, owner);
}

/** As {@link privilegesOf}, measured against another list than the default of the kind. */
export function privilegesBeyond(acl: string, base: string, owner: string): string {
  const grants = (of: string): string => `
    SELECT CASE grantee WHEN 0 THEN 'public' WHEN ${owner} THEN '(owner)' ELSE pg_get_userbyid(grantee)::text END AS role,
           lower(privilege_type) || CASE WHEN is_grantable AND grantee <> ${owner} THEN ' with grant option' ELSE '' END AS privilege
    FROM aclexplode(${of})`;
  return `CASE WHEN ${acl} IS NOT NULL THEN (
    SELECT string_agg(line, '; ' ORDER BY line) FROM (
      SELECT role || ': ' || string_agg(privilege, ', ' ORDER BY privilege) AS line
      FROM (${grants(acl)} EXCEPT ${grants(base)}) granted GROUP BY role
      UNION ALL
      SELECT role || ' lacks: ' || string_agg(privilege, ', ' ORDER BY privilege)
      FROM (${grants(base)} EXCEPT ${grants(acl)}) revoked GROUP BY role) AS lines) END`;
}
