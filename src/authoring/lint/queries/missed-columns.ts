import type { Session } from '../../../runner/database/connection/session.ts';
import { parseStatements } from '../parse-statements.ts';

/**
 * Columns of the table of an INSERT that must have a value and are given none: the server finds that out only when a row comes.
 * Empty for every other query.
 */
export async function missedColumns(session: Session, text: string): Promise<readonly string[]> {
  const [parsed] = await parseStatements([{ text, offset: 0 }]);
  if (!parsed?.node || !('InsertStmt' in parsed.node)) return [];
  const { relation, cols = [], selectStmt } = parsed.node.InsertStmt;
  if (relation?.relname === undefined || selectStmt === undefined) return [];
  const named = cols.flatMap((column) => ('ResTarget' in column ? [column.ResTarget.name ?? ''] : []));
  const { rows } = await session.query<{ name: string; required: boolean }>(
    `SELECT a.attname AS name, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS required
     FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [
      [relation.schemaname, relation.relname]
        .filter((part) => part !== undefined)
        .map(quoted)
        .join('.'),
    ],
  );
  // Without a list the values are those of the first columns.
  const given = named.length > 0 ? named : rows.slice(0, valueCount(selectStmt) ?? rows.length).map(({ name }) => name);
  return rows.filter(({ name, required }) => required && !given.includes(name)).map(({ name }) => name);
}

/** How many values each row has; undefined where a star makes it unknown. */
function valueCount(select: object): number | undefined {
  const { valuesLists, targetList } = (select as { SelectStmt?: SelectParts }).SelectStmt ?? {};
  if (JSON.stringify(targetList ?? []).includes('A_Star')) return undefined;
  return valuesLists?.[0]?.List?.items?.length ?? targetList?.length;
}

interface SelectParts {
  readonly valuesLists?: readonly { readonly List?: { readonly items?: readonly unknown[] } }[];
  readonly targetList?: readonly unknown[];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
