import { quoted } from '../../runner/database/record/record-tables.ts';
import type { Session } from '../../runner/database/connection/session.ts';
import { catalogKey, type Catalog } from '../catalog/catalog.ts';

/** What a table holds, without an order of rows: how many, and a digest of the values of each column. */
export interface TableRows {
  readonly count: number;
  readonly columns: Readonly<Record<string, string>>;
}

/** Every table that holds rows, by its quoted name. */
export type Rows = ReadonlyMap<string, TableRows>;

export async function readRows(session: Session, historySchema: string): Promise<Rows> {
  const { rows: tables } = await session.query<{ name: string; columns: string[] }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', $1) AND n.nspname !~ '^pg_'
     GROUP BY 1 ORDER BY 1`,
    [historySchema],
  );
  const found = new Map<string, TableRows>();
  for (const { name, columns } of tables) {
    const digests = columns.map((column) => {
      const value = `md5(coalesce(${quoted(column)}::text, 'NULL'))`;
      return `${literal(column)}, md5(string_agg(${value}, '' ORDER BY ${value}))`;
    });
    const { rows } = await session.query<TableRows>(
      `SELECT count(*)::int AS count, jsonb_build_object(${digests.join(', ')}) AS columns FROM ${name}`,
    );
    const [row] = rows;
    if (row !== undefined && row.count > 0) found.set(name, row);
  }
  return found;
}

export interface RowLosses {
  /** Rows or values that the down should have kept or brought back. */
  readonly problems: readonly string[];
  /** What nothing could bring back, since the up drops where it was. */
  readonly remarks: readonly string[];
}

/** What became of the rows that were there before an up and its down; `up` is the schema between them. */
export function compareRows(before: Rows, back: Rows, up: Catalog): RowLosses {
  const problems: string[] = [];
  const remarks: string[] = [];
  for (const [table, { count, columns }] of before) {
    const now = back.get(table) ?? { count: 0, columns: {} };
    if (now.count !== count) {
      const dropped = !up.has(catalogKey({ kind: 'table', name: table }));
      const what = `after its down ${table} has ${now.count} of ${count} ${count === 1 ? 'row' : 'rows'}`;
      (dropped ? remarks : problems).push(dropped ? `${what}: its up drops the table` : what);
      continue;
    }
    for (const [column, digest] of Object.entries(columns)) {
      if (now.columns[column] === digest) continue;
      const isThere = [column, quoted(column)].some((name) =>
        up.has(catalogKey({ kind: 'column', name: `${table}.${name}` })),
      );
      const what = `after its down the values of ${table}.${column} are other`;
      (isThere ? problems : remarks).push(isThere ? what : `${what}: its up drops the column`);
    }
  }
  return { problems, remarks };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
