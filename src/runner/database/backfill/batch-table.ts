import { quoted } from '../record/record-tables.ts';
import type { Session } from '../connection/session.ts';

/** A table that can be walked in batches. */
export interface BatchTable {
  /** With its schema, as SQL can use it. */
  readonly sqlName: string;
  readonly key: readonly KeyColumn[];
}

export interface KeyColumn {
  readonly name: string;
  readonly sqlName: string;
  /** With its modifiers, for a cast. */
  readonly type: string;
}

interface UniqueIndex {
  readonly isPrimary: boolean;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly notNull: boolean }[];
}

/**
 * Finds the table and the unique key by which it is walked. Only a unique key without NULL has each row in exactly one batch, and
 * only an index on it finds the next batch without reading the whole table.
 * @throws Error, as a sentence, when there is no such table, or no such key.
 */
export async function readBatchTable(
  session: Session,
  { table, key }: { readonly table: string; readonly key: readonly string[] | undefined },
): Promise<BatchTable> {
  const { rows } = await session.query<{ name: string; keys: readonly UniqueIndex[] | null }>(
    `SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name,
            (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('isPrimary', i.indisprimary, 'columns',
                      (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                                'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull) ORDER BY k.place)
                       FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (number, place)
                       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
                       WHERE k.place <= i.indnkeyatts)))
             FROM pg_catalog.pg_index i
             WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL) AS keys
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = pg_catalog.to_regclass($1)::pg_catalog.oid AND c.relkind IN ('r', 'p')`,
    [table],
  );
  const [found] = rows;
  if (!found) throw new Error(`there is no table ${table} to walk in batches`);
  const usable = (found.keys ?? []).filter(({ columns }) => columns.every(({ notNull }) => notNull));
  const chosen = key === undefined ? usable.find(({ isPrimary }) => isPrimary) : usable.find(isOn(key));
  if (!chosen) throw new Error(noKey(found.name, key, usable));
  const columns = chosen.columns.map(({ name, type }) => ({ name, sqlName: quoted(name), type }));
  return { sqlName: found.name, key: columns };
}

function isOn(key: readonly string[]): (index: UniqueIndex) => boolean {
  return ({ columns }) =>
    columns.length === key.length && columns.every(({ name }, place) => name === key[place]?.replace(/^"(.*)"$/, '$1'));
}

function noKey(table: string, key: readonly string[] | undefined, usable: readonly UniqueIndex[]): string {
  const named = [...new Set(usable.map(({ columns }) => columns.map(({ name }) => name).join(', ')))];
  const choice =
    named.length === 0
      ? 'It has no unique index on NOT NULL columns: make one with CREATE UNIQUE INDEX CONCURRENTLY first'
      : `Unique and without NULL are: ${named.map((one) => `(${one})`).join(', ')}`;
  const problem =
    key === undefined
      ? `${table} has no primary key, so the batches need another unique key`
      : `${table} has no valid unique index on exactly (${key.join(', ')}) without NULL, so a row could be in two batches or in none`;
  return `${problem}. ${choice}`;
}
