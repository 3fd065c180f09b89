import { quoted } from '../record/record-tables.ts';
import type { Session } from '../connection/session.ts';

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

const createUnnamed = new RegExp(
  String.raw`^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+ON\s+(?:ONLY\s+)?(${identifier}(?:\s*\.\s*${identifier})?)`,
  'i',
);

const reindex = new RegExp(
  String.raw`^REINDEX\s*(?:\(([^)]*)\)\s*)?(INDEX|TABLE|SCHEMA|DATABASE)\s+(CONCURRENTLY\s+)?(${identifier}(?:\s*\.\s*${identifier})?)?`,
  'i',
);

const dropConcurrently = new RegExp(
  String.raw`^DROP\s+INDEX\s+CONCURRENTLY\s+(?:IF\s+EXISTS\s+)?(${identifier}(?:\s*\.\s*${identifier})?)\s*(?:CASCADE|RESTRICT)?$`,
  'i',
);

/** Whether the index that this DROP INDEX CONCURRENTLY names is gone. */
export async function isDropped(session: Session, statement: string): Promise<boolean> {
  const dropped = dropConcurrently.exec(withoutComments(statement))?.[1];
  if (dropped === undefined) return false;
  const { rows } = await session.query<{ gone: boolean }>('SELECT pg_catalog.to_regclass($1) IS NULL AS gone', [
    dropped,
  ]);
  return rows[0]?.gone === true;
}

/** What a CREATE INDEX CONCURRENTLY is to make; without a name the server chooses one. */
export function createdIndex(
  statement: string,
): { readonly name: string | undefined; readonly table: string } | undefined {
  const table = createUnnamed.exec(withoutComments(statement))?.[1];
  return table === undefined ? namedIndex(statement) : { name: undefined, table };
}

/** What a REINDEX CONCURRENTLY rebuilds. */
export function reindexed(
  statement: string,
): { readonly kind: 'INDEX' | 'TABLE' | 'SCHEMA' | 'DATABASE'; readonly name: string } | undefined {
  const [, options = '', kind = '', word, name = ''] = reindex.exec(withoutComments(statement)) ?? [];
  if (word === undefined && !/\bCONCURRENTLY\b/i.test(options)) return undefined;
  switch (kind.toUpperCase()) {
    case 'INDEX':
      return { kind: 'INDEX', name };
    case 'TABLE':
      return { kind: 'TABLE', name };
    case 'SCHEMA':
      return { kind: 'SCHEMA', name };
    case 'DATABASE':
      return { kind: 'DATABASE', name };
    default:
      return undefined;
  }
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
