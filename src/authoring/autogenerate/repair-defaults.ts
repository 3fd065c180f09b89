import type { Session } from '../../runner/database/connection/session.ts';
import type { SchemaChange } from './schema-diff.ts';

const part = String.raw`"(?:[^"]|"")+"`;
const ofColumn = new RegExp(
  String.raw`^ALTER TABLE (?:ONLY )?(${part}\.${part}) ALTER COLUMN (${part}) (DROP DEFAULT$|SET DEFAULT |TYPE )`,
);

/**
 * Puts right what the engine (1.0.0-alpha.34) does to defaults around a new type: it drops ones that are not there, sets
 * them twice, and sets the new one before the column has its new type. The session is one of a database where the changes begin.
 */
export async function repairDefaults(
  session: Session,
  changes: readonly SchemaChange[],
): Promise<readonly SchemaChange[]> {
  if (!changes.some(({ sql }) => ofColumn.test(sql))) return changes;
  const { rows } = await session.query<{ name: string }>(defaultsSql);
  const present = new Set(rows.map(({ name }) => name));
  const parsed = changes.map((change) => ({ change, ...read(change.sql) }));
  const late = parsed.filter(
    ({ column, what }, index) =>
      what === 'SET DEFAULT' &&
      parsed.slice(index + 1).some((other) => other.column === column && other.what === 'TYPE'),
  );
  const repaired: SchemaChange[] = [];
  const set = new Map<string, string>();
  for (const entry of parsed) {
    const { change, column, what } = entry;
    if (late.includes(entry)) continue;
    if (column !== undefined && what === 'DROP DEFAULT') {
      if (!present.has(column)) continue;
      present.delete(column);
    }
    if (column !== undefined && what === 'SET DEFAULT') {
      if (set.get(column) === change.sql) continue;
      set.set(column, change.sql);
      present.add(column);
    }
    if (column !== undefined && what === 'DROP DEFAULT') set.delete(column);
    repaired.push(change);
    // It is set again behind the new type, unless the engine does so itself.
    const again = what === 'TYPE' ? late.find((other) => other.column === column) : undefined;
    if (
      again !== undefined &&
      !parsed.some((other) => other.change.sql === again.change.sql && !late.includes(other))
    ) {
      repaired.push(again.change);
      if (column === undefined) continue;
      present.add(column);
      set.set(column, again.change.sql);
    }
  }
  return repaired;
}

function read(sql: string): { readonly column?: string; readonly what?: string } {
  const [, table, column, what] = ofColumn.exec(sql) ?? [];
  return table === undefined || column === undefined || what === undefined
    ? {}
    : { column: `${table}.${column}`, what: what.trim() };
}

const defaultsSql = `
  SELECT concat_ws('.', '"' || replace(n.nspname, '"', '""') || '"', '"' || replace(c.relname, '"', '""') || '"',
                   '"' || replace(a.attname, '"', '""') || '"') AS name
  FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum WHERE a.attgenerated = ''`;
