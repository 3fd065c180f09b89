import type { Row } from '../../files/revision-module.ts';
import { quoted } from '../record/record-tables.ts';
import type { Session } from '../connection/session.ts';
import type { BatchTable } from './batch-table.ts';

/** The rows of one batch. */
export interface KeyRange {
  readonly table: BatchTable;
  /** First and last key, both part of it, as text: column by column. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly rows: readonly Row[];
}

interface WantedKeys {
  readonly table: BatchTable;
  readonly where: string | undefined;
  readonly columns: readonly string[];
  /** Key of the last row of the batch before. */
  readonly behind: readonly string[] | undefined;
  readonly size: number;
}

/**
 * The next rows in the order of the key; `undefined` when there are no more. They are locked when columns of them are read, since
 * what is computed from a row must not be written over what another session has made of it meanwhile.
 */
export async function readKeys(
  session: Session,
  { table, where, columns, behind, size }: WantedKeys,
): Promise<KeyRange | undefined> {
  const key = table.key.map(({ sqlName }) => sqlName);
  const text = key.map((column) => `${column}::pg_catalog.text`);
  const conditions = [
    ...(where === undefined ? [] : [`(${where})`]),
    ...(behind === undefined
      ? []
      : [`${rowOf(key)} > ${rowOf(table.key.map(({ type }, place) => `$${place + 1}::${type}`))}`]),
  ];
  const names = [...table.key.map(({ name }) => name), ...columns];
  const { rows } = await session.query<unknown[]>({
    // Text first: a date or a number loses digits on its way through JavaScript.
    text: `SELECT ${[...text, ...names.map(quoted)].join(', ')} FROM ${table.sqlName}
           ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
           ORDER BY ${key.map((column) => `${table.sqlName}.${column}`).join(', ')} LIMIT ${size}${columns.length === 0 ? '' : ' FOR NO KEY UPDATE'}`,
    values: [...(behind ?? [])],
    rowMode: 'array',
  });
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last) return undefined;
  return {
    table,
    from: first.slice(0, key.length) as string[],
    to: last.slice(0, key.length) as string[],
    rows: rows.map((row) => Object.fromEntries(names.map((name, place) => [name, row[key.length + place]]))),
  };
}

/** One column as it is, several as a row, which is compared from left to right. */
export function rowOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `ROW(${parts.join(', ')})`;
}
