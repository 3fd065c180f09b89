import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { findForeignTables } from '../../adoption/find-foreign-tables.ts';
import { tableLabel, type ForeignTable } from '../../adoption/foreign-tool.ts';
import { foreignTools } from '../../adoption/tools.ts';
import type { Session } from '../../database/connection/session.ts';
import type { AnswerDocument } from '../../documents/documents.ts';
import type { AdoptInvocation } from '../../command-line/invocation.ts';
import { withSession, type RunContext } from '../run-context.ts';

/** Says which tools' tables are in the database, and what to run; reads only. */
export function detect(context: RunContext): Promise<AnswerDocument<'adopt-detect'>> {
  return withSession(context, async (session) => {
    const tables = await findForeignTables(session);
    return { found: tables.map((table) => ({ tool: table.tool.name, table: tableLabel(table) })) };
  });
}

export function formatDetection({ found }: AnswerDocument<'adopt-detect'>): string {
  if (found.length === 0)
    return 'No table of another migration tool is in this database: there is nothing to take over. `migrate upgrade` begins a new one; `migrate adopt <tool> --version-table NAME` when the table has another name.';
  return found
    .map(
      ({ tool, table }) => `${table}: ${titleOf(tool)}. Take it over with \`migrate adopt ${tool}\` (--dry-run first).`,
    )
    .join('\n');
}

/**
 * The table of the tool that was asked for.
 * @throws AppError `nothing-to-adopt` (2) when there is none, or several.
 */
export async function findAdoptedTable(
  session: Session,
  { tool: name, versionTable }: AdoptInvocation,
): Promise<ForeignTable> {
  const tools = foreignTools.filter((tool) => tool.name === name);
  const named = versionTable === undefined ? undefined : parseTableName(versionTable);
  const tables = await findForeignTables(session, { tools, ...(named && { named }) });
  const [only, ...others] = tables;
  if (only && others.length === 0) return only;
  const title = titleOf(name);
  if (only) {
    throw nothingToAdopt(
      `${tables.length} tables are ${title}'s: ${tables.map(tableLabel).join(', ')}.`,
      `Name the one that counts: \`migrate adopt ${name} --version-table ${tableLabel(only)}\`.`,
    );
  }
  const present = await findForeignTables(session);
  const wanted = versionTable ?? tools[0]?.table ?? '';
  throw nothingToAdopt(
    `There is no table ${wanted} of ${title} in this database${present.length === 0 ? '' : `, but ${present.map((found) => `${tableLabel(found)} (${found.tool.title})`).join(', ')}`}.`,
    present.length === 0
      ? 'Look whether this is the right database (`migrate doctor`); an empty one needs no takeover: `migrate upgrade`.'
      : `Take that over: \`migrate adopt ${present[0]?.tool.name ?? ''}\`.`,
  );
}

function parseTableName(text: string): { readonly schema: string | undefined; readonly table: string } {
  const dot = text.indexOf('.');
  return dot === -1 ? { schema: undefined, table: text } : { schema: text.slice(0, dot), table: text.slice(dot + 1) };
}

function titleOf(name: string): string {
  return foreignTools.find((tool) => tool.name === name)?.title ?? name;
}

function nothingToAdopt(message: string, hint: string): AppError {
  return new AppError({ code: 'nothing-to-adopt', exitCode: exitCodes.usage, message, hint });
}
