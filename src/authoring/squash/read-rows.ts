import { escapedLiteral, sqlLiteral } from '../../runner/offline/sql-literal.ts';
import type { Session } from '../../runner/database/connection/session.ts';

/** A table that holds rows. */
export interface FilledTable {
  /** Quoted, with its schema. */
  readonly name: string;
  readonly count: number;
  /** Of all columns that can be written to, in their order. */
  readonly columns: readonly FilledColumn[];
  /** By what its rows are ordered. */
  readonly order: string;
}

export interface FilledColumn {
  /** Quoted. */
  readonly name: string;
  readonly type: string;
  readonly hasDefault: boolean;
  /** GENERATED ALWAYS AS IDENTITY: an INSERT has to insist on its value. */
  readonly isAlwaysIdentity: boolean;
  /** Of the column's values, without an order. */
  readonly digest: string;
}

/** Tables with rows, but for those that an extension brought. @throws the server's error. */
export async function readFilledTables(session: Session): Promise<readonly FilledTable[]> {
  const { rows } = await session.query<{ name: string; key: string[] | null; columns: Omit<FilledColumn, 'digest'>[] }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name,
       (SELECT array_agg(quote_ident(k.attname) ORDER BY array_position(i.indkey::int2[], k.attnum)) FROM pg_index i
        JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey::int2[])
        WHERE i.indrelid = c.oid AND i.indisprimary) AS key,
       json_agg(json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, NULL),
         'hasDefault', a.atthasdef OR a.attidentity <> '', 'isAlwaysIdentity', a.attidentity = 'a') ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     GROUP BY c.oid, n.nspname, c.relname ORDER BY 1`,
  );
  const tables: FilledTable[] = [];
  for (const { name, key, columns } of rows) {
    const digests = columns.map((column) => {
      const value = `md5(coalesce(${column.name}::text, 'NULL'))`;
      return `md5(string_agg(${value}, '' ORDER BY ${value}))`;
    });
    const { rows: found } = await session.query<{ count: number; digests: (string | null)[] }>(
      `SELECT count(*)::int AS count, ARRAY[${digests.join(', ')}]::text[] AS digests FROM ONLY ${name}`,
    );
    const [{ count, digests: values } = { count: 0, digests: [] }] = found;
    if (count === 0) continue;
    const order = key?.join(', ') ?? columns.map((column) => `${column.name}::text COLLATE "C"`).join(', ');
    const withDigests = columns.map((column, index) => ({ ...column, digest: values[index] ?? '' }));
    tables.push({ name, count, columns: withDigests, order });
  }
  return tables;
}

/** `public.users.created_at` for each column that two replays fill with other values, by the table's name. */
export function varyingColumns(one: readonly FilledTable[], other: readonly FilledTable[]): ReadonlySet<string> {
  const others = new Map(other.map((table) => [table.name, table]));
  return new Set(
    one.flatMap(({ name, columns }) =>
      columns.flatMap((column, index) =>
        others.get(name)?.columns[index]?.digest === column.digest ? [] : [`${name}.${column.name}`],
      ),
    ),
  );
}

/** A digest of whole rows by table, without the columns that differ from replay to replay anyway. */
export async function readRowDigests(
  session: Session,
  varying: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const { name, count, columns } of await readFilledTables(session)) {
    const stable = columns.filter((column) => !varying.has(`${name}.${column.name}`)).map((column) => column.name);
    const row = stable.length === 0 ? `''` : `ROW(${stable.join(', ')})::text`;
    const { rows } = await session.query<{ digest: string }>(
      `SELECT md5(string_agg(md5(${row}), '' ORDER BY md5(${row}))) AS digest FROM ONLY ${name}`,
    );
    digests.set(name, `${count} ${count === 1 ? 'row' : 'rows'}, digest ${rows[0]?.digest.slice(0, 12) ?? ''}`);
  }
  return digests;
}

/** So many rows in one statement. */
const batch = 500;

/** INSERT statements for all rows of the table, but for the columns that are left to their defaults. */
export async function writeRows(
  session: Session,
  { name, columns, order }: FilledTable,
  leftOut: ReadonlySet<string>,
): Promise<readonly string[]> {
  const kept = columns.filter((column) => !leftOut.has(`${name}.${column.name}`));
  const { rows } = await session.query<{ values: readonly (string | null)[] }>(
    `SELECT ARRAY[${kept.map((column) => `${column.name}::text`).join(', ')}]::text[] AS values FROM ONLY ${name} ORDER BY ${order}`,
  );
  const valuesOf = (row: readonly (string | null)[]): string =>
    row.map((value, index) => literalOf(value, kept[index]?.type ?? '')).join(', ');
  const insisting = kept.some(({ isAlwaysIdentity }) => isAlwaysIdentity) ? ' OVERRIDING SYSTEM VALUE' : '';
  const head = `INSERT INTO ${name} (${kept.map((column) => column.name).join(', ')})${insisting} VALUES`;
  const statements: string[] = [];
  for (let from = 0; from < rows.length; from += batch)
    statements.push(
      `${head}\n${rows
        .slice(from, from + batch)
        .map(({ values }) => `  (${valuesOf(values)})`)
        .join(',\n')};`,
    );
  return statements;
}

/** A row stays on its line: a text may hold what would be a marker of ours at the start of one. */
function literalOf(value: string | null, type: string): string {
  if (value === null) return 'NULL';
  if (plainTypes.has(type)) return value;
  return value.includes('\n') ? escapedLiteral(value).replaceAll('\n', String.raw`\n`) : sqlLiteral(value);
}

/** Written without quotes: they read better so. */
const plainTypes = new Set(['smallint', 'integer', 'bigint', 'boolean']);

/** Names as the server writes them. */
export function isMoment({ type, hasDefault }: FilledColumn): boolean {
  return hasDefault && /^(?:timestamp|date$|time)/.test(type);
}
