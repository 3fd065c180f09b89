import { quoted } from './record-tables.ts';
import type { Session } from './session.ts';

/** An index that a CREATE INDEX CONCURRENTLY names. */
interface NamedIndex {
  readonly name: string;
  /** The table as the statement writes it, perhaps with its schema. */
  readonly table: string;
}

const identifier = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`;
const createConcurrently = new RegExp(
  String.raw`^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?(${identifier})\s+ON\s+(?:ONLY\s+)?(${identifier}(?:\s*\.\s*${identifier})?)`,
  'i',
);

const dropConcurrently = new RegExp(
  String.raw`^DROP\s+INDEX\s+CONCURRENTLY\s+(?:IF\s+EXISTS\s+)?(${identifier}(?:\s*\.\s*${identifier})?)\s*(?:CASCADE|RESTRICT)?$`,
  'i',
);

/**
 * Removes the INVALID index that an earlier, interrupted try of this very statement left behind: with IF NOT EXISTS the
 * server would take it for the index that is wanted. Answers its name when there was one.
 * (PostgreSQL documentation, CREATE INDEX, "Building Indexes Concurrently".)
 */
export async function dropInvalidIndex(session: Session, statement: string): Promise<string | undefined> {
  const index = namedIndex(statement);
  const found = index && (await findIndex(session, index));
  if (!found || found.isValid) return undefined;
  await session.query(`DROP INDEX CONCURRENTLY ${found.qualifiedName}`);
  return found.qualifiedName;
}

/**
 * Whether an earlier, interrupted try of this very statement has done its work: the index that it names is there and valid,
 * or the one that it drops is gone.
 */
export async function isAlreadyDone(session: Session, statement: string): Promise<boolean> {
  const index = namedIndex(statement);
  if (index) return (await findIndex(session, index))?.isValid === true;
  const dropped = dropConcurrently.exec(withoutComments(statement))?.[1];
  if (dropped === undefined) return false;
  const { rows } = await session.query<{ gone: boolean }>('SELECT pg_catalog.to_regclass($1) IS NULL AS gone', [
    dropped,
  ]);
  return rows[0]?.gone === true;
}

/** The index of this statement when it exists but is INVALID, that is: not used by queries, but kept up by every write. */
export async function invalidIndexOf(session: Session, statement: string): Promise<string | undefined> {
  const index = namedIndex(statement);
  const found = index && (await findIndex(session, index));
  return found && !found.isValid ? found.qualifiedName : undefined;
}

function namedIndex(statement: string): NamedIndex | undefined {
  const [, name, table] = createConcurrently.exec(withoutComments(statement)) ?? [];
  return name === undefined || table === undefined ? undefined : { name: unquoted(name), table };
}

/** The beginning of a statement, which is all that matters here; no string can come before the names in it. */
export function withoutComments(statement: string): string {
  return statement
    .slice(0, 2_000)
    .replace(/--[^\r\n]*/g, ' ')
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .trim();
}

/** As the server reads an identifier: quoted as it stands, else in lower case. */
function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}

async function findIndex(
  session: Session,
  { name, table }: NamedIndex,
): Promise<{ readonly qualifiedName: string; readonly isValid: boolean } | undefined> {
  // An index lives in the schema of its table.
  const { rows } = await session.query<{ schema: string; valid: boolean }>(
    `SELECT n.nspname AS schema, i.indisvalid AND i.indisready AS valid
     FROM pg_catalog.pg_class t
     JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) t.relnamespace AND c.relname OPERATOR(pg_catalog.=) $1::name
     JOIN pg_catalog.pg_index i ON i.indexrelid OPERATOR(pg_catalog.=) c.oid
     JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
     WHERE t.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($2)::oid`,
    [name, table],
  );
  const [row] = rows;
  return row && { qualifiedName: `${quoted(row.schema)}.${quoted(name)}`, isValid: row.valid };
}
