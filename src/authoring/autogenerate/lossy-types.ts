import type { Session } from '../../runner/database/connection/session.ts';
import type { SchemaChange } from './schema-diff.ts';
import { changedColumn } from './type-changes.ts';

/**
 * Marks the changes of types that the server makes without a word and that round or cut values: a moment that becomes a day,
 * digits behind the point. Where a value does not fit at all (text into varchar(3), bigint into integer), the server refuses,
 * which loses nothing. The session is one of a database where the changes begin.
 */
export async function markLossyTypes(
  session: Session,
  changes: readonly SchemaChange[],
): Promise<readonly SchemaChange[]> {
  const marked: SchemaChange[] = [];
  for (const change of changes) {
    const changed = changedColumn(change.sql);
    const { rows } =
      changed === undefined
        ? { rows: [] }
        : await session.query<{ old: string; new: string | null }>(typesSql, [
            changed.table,
            changed.column,
            changed.type,
          ]);
    const [types] = rows;
    marked.push(
      types === undefined || types.new === null || !isLossy(types.old, types.new)
        ? change
        : {
            ...change,
            isDestructive: true,
            remark: `DESTRUCTIVE: what ${types.new} cannot hold of ${types.old} is cut off or rounded in every row. Rewrites the whole table and locks everybody out meanwhile.`,
          },
    );
  }
  return marked;
}

/** The types as the server calls them: `numeric(15,2)`. The new one may be made by these very changes; then it is NULL. */
const typesSql = `
  SELECT format_type(a.atttypid, a.atttypmod) AS old,
         CASE WHEN to_regtype(regexp_replace($3, '\\(.*?\\)', '')) IS NOT NULL
              THEN concat(format_type(to_regtype(regexp_replace($3, '\\(.*?\\)', '')), NULL), substring($3 FROM '\\(.*?\\)')) END AS new
  FROM pg_attribute a
  WHERE a.attrelid = $1::regclass AND $2 IN (quote_ident(a.attname), '"' || replace(a.attname, '"', '""') || '"')`;

const integers = ['smallint', 'integer', 'bigint'];

function isLossy(from: string, to: string): boolean {
  const [old, fresh] = [bare(from), bare(to)];
  if (old.startsWith('timestamp')) return /^(?:date|time )/.test(fresh) || precision(to, 6) < precision(from, 6);
  if (old.startsWith('time ')) return precision(to, 6) < precision(from, 6);
  if (integers.includes(old)) return fresh === 'real' || (old === 'bigint' && fresh === 'double precision');
  if (old === 'double precision' || old === 'real')
    return integers.includes(fresh) || (old === 'double precision' && fresh === 'real') || scale(to) < Infinity;
  if (old === 'numeric')
    return integers.includes(fresh) || fresh === 'real' || fresh === 'double precision' || scale(to) < scale(from);
  return false;
}

function bare(type: string): string {
  return type.replaceAll(/\(.*?\)/g, '').replaceAll(/\s+/g, ' ');
}

function precision(type: string, otherwise: number): number {
  return type.startsWith('time') ? Number(/\((\d+)\)/.exec(type)?.[1] ?? otherwise) : otherwise;
}

/** Digits behind the point that it keeps; a numeric without any limits keeps all. */
function scale(type: string): number {
  const [, limits, digits = '0'] = /^numeric\((\d+)(?:,(-?\d+))?\)/.exec(type) ?? [];
  return limits === undefined ? Infinity : Number(digits);
}
