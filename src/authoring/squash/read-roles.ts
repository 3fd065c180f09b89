import { quoted } from '../../runner/database/record/record-tables.ts';
import type { Session } from '../../runner/database/connection/session.ts';
import { dollarQuoted, sqlLiteral } from '../../runner/offline/sql-literal.ts';

/** Roles belong to the server: a database shows nothing of who made them. */
export async function readRoleNames(session: Session): Promise<ReadonlySet<string>> {
  const { rows } = await session.query<{ name: string }>('SELECT rolname AS name FROM pg_roles');
  return new Set(rows.map(({ name }) => name));
}

/** Names behind CREATE ROLE, USER and GROUP in the texts of revisions, inside of DO blocks too. */
export function rolesNamedIn(texts: readonly string[]): ReadonlySet<string> {
  const created = /\bCREATE\s+(?:ROLE|USER(?!\s+MAPPING)|GROUP)\s+(?:"((?:[^"]|"")+)"|([a-z_][\w$]*))/gi;
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(created)].map(([, name, plain = '']) => name?.replaceAll('""', '"') ?? plain.toLowerCase()),
    ),
  );
}

/** Roles that own something in this database or have a right there, but for the session's own. */
export async function readUsedRoles(session: Session): Promise<ReadonlySet<string>> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT DISTINCT r.rolname AS name FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
     WHERE d.refclassid = 'pg_authid'::regclass AND r.rolname <> session_user
       AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return new Set(rows.map(({ name }) => name));
}

/** What a role may and what it is a member of, by `role <name>`. */
export async function readRoleFacts(session: Session, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { statements } = await writeRoles(session, names);
  return new Map(statements.map((statement) => [`role made by ${statement.replaceAll(/\s+/g, ' ')}`, 'yes']));
}

export interface WrittenRoles {
  /** Statements that make each role where it is not there yet, and its memberships. */
  readonly statements: readonly string[];
  /** What of them is not in the statements. */
  readonly objections: readonly string[];
}

/** @throws the server's error. */
export async function writeRoles(session: Session, names: readonly string[]): Promise<WrittenRoles> {
  if (names.length === 0) return { statements: [], objections: [] };
  const { rows } = await session.query<RoleRow>(
    `SELECT rolname AS name, concat_ws(' ',
       CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolinherit THEN NULL ELSE 'NOINHERIT' END,
       CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
       CASE WHEN rolcanlogin THEN 'LOGIN' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
       CASE WHEN rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN rolconnlimit >= 0 THEN 'CONNECTION LIMIT ' || rolconnlimit END,
       CASE WHEN rolvaliduntil IS NOT NULL THEN 'VALID UNTIL ' || quote_literal(rolvaliduntil) END) AS attributes,
       array_to_string(rolconfig, ', ') AS settings,
       (SELECT array_agg(g.rolname::text ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid) AS groups
     FROM pg_roles r WHERE rolname = ANY ($1) ORDER BY rolname`,
    [names],
  );
  const secret = new Set(await namesWithPassword(session, names));
  return {
    statements: [
      ...rows.map(createRole),
      ...rows.flatMap(({ name, groups }) =>
        (groups ?? []).map((group) => `GRANT ${quoted(group)} TO ${quoted(name)};`),
      ),
    ],
    objections: rows.flatMap(({ name, settings }) => [
      ...(secret.has(name) ? [`The password of role ${name}, which is no text for a file.`] : []),
      ...(settings === null ? [] : [`The settings of role ${name}: ${settings}.`]),
    ]),
  };
}

interface RoleRow {
  readonly name: string;
  readonly attributes: string;
  readonly settings: string | null;
  readonly groups: readonly string[] | null;
}

function createRole({ name, attributes }: RoleRow): string {
  const create = `CREATE ROLE ${quoted(name)}${attributes === '' ? '' : ` ${attributes}`};`;
  const body = `BEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${sqlLiteral(name)}) THEN ${create} END IF;\nEND`;
  return `DO ${dollarQuoted(body)};`;
}

/** Only a superuser may see that there is one. */
async function namesWithPassword(session: Session, names: readonly string[]): Promise<readonly string[]> {
  const { rows: may } = await session.query<{ may: boolean }>(
    `SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT') AS may`,
  );
  if (may[0]?.may !== true) return [];
  const { rows } = await session.query<{ name: string }>(
    'SELECT rolname AS name FROM pg_authid WHERE rolname = ANY ($1) AND rolpassword IS NOT NULL',
    [names],
  );
  return rows.map(({ name }) => name);
}
