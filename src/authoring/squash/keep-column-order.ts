import type { Session } from '../../runner/database/connection/session.ts';
import { sqlSpans } from '../../runner/offline/sql-spans.ts';
import type { SchemaChange } from '../autogenerate/schema-diff.ts';

/** Columns by table (`schema`, a NUL, `table`), in their order. */
export type ColumnOrder = ReadonlyMap<string, readonly string[]>;

/** @throws the server's error. */
export async function readColumnOrder(session: Session): Promise<ColumnOrder> {
  const { rows } = await session.query<{ schema: string; table: string; columns: string[] }>(
    `SELECT n.nspname AS schema, c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p', 'f') GROUP BY n.nspname, c.relname`,
  );
  return new Map(rows.map(({ schema, table, columns }) => [keyOf(schema, table), columns]));
}

/**
 * Tables whose columns come in the order that they have, which `INSERT INTO t VALUES (…)` and `SELECT *` of later revisions
 * see: the engine adds some columns behind the others, by statements of their own. What it writes otherwise stays as it is,
 * and the proof finds it.
 */
export function keepColumnOrder(changes: readonly SchemaChange[], order: ColumnOrder): readonly SchemaChange[] {
  const added = new Map<string, SchemaChange[]>();
  for (const change of changes) {
    const { about } = change;
    if (about.kind !== 'column' || !addColumn.test(change.sql)) continue;
    const key = keyOf(about.schema ?? '', about.table ?? '');
    added.set(key, [...(added.get(key) ?? []), change]);
  }
  const merged = new Set<SchemaChange>();
  const withColumns = changes.map((change) => {
    const { about, sql } = change;
    const key = keyOf(about.schema ?? '', about.name ?? '');
    const columns = order.get(key);
    const list = columns && createTable.test(sql) ? parseList(sql) : undefined;
    if (columns === undefined || list === undefined) return change;
    const own = added.get(key) ?? [];
    for (const column of own) merged.add(column);
    const items = [...list.items, ...own.map((column) => column.sql.replace(addColumn, ''))];
    const rank = (item: string): number => {
      const place = columns.indexOf(nameOf(item) ?? '');
      return place === -1 ? columns.length : place;
    };
    const sorted = items.toSorted((one, other) => rank(one) - rank(other));
    return { ...change, sql: `${list.head}(${sorted.join(', ')})${list.tail}` };
  });
  return withColumns.filter((change) => !merged.has(change));
}

const createTable = /^CREATE (?:UNLOGGED |FOREIGN )?TABLE (?!.* PARTITION OF )/s;
const addColumn = /^ALTER (?:FOREIGN )?TABLE (?:ONLY )?(?:"(?:[^"]|"")+"\.?)+ ADD COLUMN /;

/** The name of a column's definition; a constraint begins with a word. */
function nameOf(item: string): string | undefined {
  return /^"((?:[^"]|"")+)"/.exec(item)?.[1]?.replaceAll('""', '"');
}

/** What stands in the first parentheses, item by item. */
function parseList(
  sql: string,
): { readonly head: string; readonly items: readonly string[]; readonly tail: string } | undefined {
  let depth = 0;
  let begin = -1;
  let from = 0;
  let at = 0;
  const items: string[] = [];
  for (const { kind, text } of sqlSpans(sql)) {
    const end = at + text.length;
    if (kind !== 'code') at = end;
    for (; at < end; at += 1) {
      const sign = sql.charAt(at);
      if (sign === '(') depth += 1;
      if (sign === '(' && depth === 1) [begin, from] = [at, at + 1];
      if (sign === ')') depth -= 1;
      if (depth === 0 && sign === ')') {
        items.push(sql.slice(from, at).trim());
        return { head: sql.slice(0, begin), items: items.filter((item) => item !== ''), tail: sql.slice(at + 1) };
      }
      if (sign === ',' && depth === 1) {
        items.push(sql.slice(from, at).trim());
        from = at + 1;
      }
    }
  }
  return undefined;
}

function keyOf(schema: string, table: string): string {
  return `${schema}\u0000${table}`;
}
