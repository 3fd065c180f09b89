/** A query that answers `kind`, `name`, `parent` and `properties` (jsonb) of one family of objects. Parameter 1: schemas to leave out. */
export interface CatalogQuery {
  readonly kind: string;
  readonly sql: string;
}

/** Schemas of the user: `oid`, `nspname`. `$1` is an array of regular expressions of those to leave out. */
export const ownNamespaces = `(
  SELECT n.* FROM pg_namespace n
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' AND NOT n.nspname ~ ANY($1))`;

/** Relations in them that no extension brought: all of pg_class, and `nspname`. */
export const ownRelations = `(
  SELECT r.*, n.nspname FROM pg_class r JOIN ${ownNamespaces} n ON n.oid = r.relnamespace
  WHERE ${notOfExtension('pg_class', 'r.oid')})`;

/** True when no extension owns the object (deptype `e` of pg_depend). */
export function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}

/**
 * What is granted beyond or short of the default, one `role: privilege, …` each; NULL when nothing is. The owner stands as
 * `(owner)`: two databases may belong to different roles.
 */
export function privilegesOf(acl: string, type: string, owner: string): string {
  const grants = (of: string): string => `
    SELECT CASE grantee WHEN 0 THEN 'public' WHEN ${owner} THEN '(owner)' ELSE pg_get_userbyid(grantee)::text END AS role,
           lower(privilege_type) || CASE WHEN is_grantable AND grantee <> ${owner} THEN ' with grant option' ELSE '' END AS privilege
    FROM aclexplode(${of})`;
  return `(
    SELECT string_agg(line, '; ' ORDER BY line) FROM (
      SELECT role || ': ' || string_agg(privilege, ', ' ORDER BY privilege) AS line
      FROM (${grants(acl)} EXCEPT ${grants(`acldefault(${type}, ${owner})`)}) granted WHERE ${acl} IS NOT NULL GROUP BY role
      UNION ALL
      SELECT role || ' lacks: ' || string_agg(privilege, ', ' ORDER BY privilege)
      FROM (${grants(`acldefault(${type}, ${owner})`)} EXCEPT ${grants(acl)}) revoked WHERE ${acl} IS NOT NULL GROUP BY role) AS lines)`;
}
