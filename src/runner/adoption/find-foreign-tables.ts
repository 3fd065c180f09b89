import { quoted } from '../database/record/record-tables.ts';
import type { Session } from '../database/connection/session.ts';
import type { ForeignRow, ForeignTable, ForeignTool } from './foreign-tool.ts';
import { foreignTools } from './tools.ts';

/** The tables of other migration tools in the database; those that this login may not see are not found. Reads only. */
export async function findForeignTables(
  session: Session,
  { tools = foreignTools, named }: FindTables = {},
): Promise<readonly ForeignTable[]> {
  const { rows } = await session.query<Candidate>(
    `SELECT n.nspname AS schema, c.relname AS table, pg_catalog.array_agg(a.attname::text) AS columns,
            (SELECT pg_catalog.array_agg(other.relname::text) FROM pg_catalog.pg_class AS other WHERE other.relnamespace = n.oid AND other.relkind IN ('r', 'p')) AS neighbours
     FROM pg_catalog.pg_class AS c
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
       AND c.relname = ANY ($1) AND ($2::text IS NULL OR n.nspname = $2)
     GROUP BY n.oid, n.nspname, c.relname ORDER BY n.nspname = 'public' DESC, n.nspname, c.relname`,
    [named === undefined ? tools.map(({ table }) => table) : [named.table], named?.schema],
  );
  return tools.flatMap((tool) =>
    rows
      .filter(({ table }) => table === (named?.table ?? tool.table))
      .filter((candidate) => fits(tool, candidate))
      .map(({ schema, table }) => ({ tool, schema, table })),
  );
}

export interface FindTables {
  /** Default: all. */
  readonly tools?: readonly ForeignTool[];
  /** Where a user has put the table instead; without a schema it may be in any. */
  readonly named?: { readonly schema: string | undefined; readonly table: string } | undefined;
}

/** What the tool says is applied, in its order. @throws the server's error when the login may not read the table. */
export async function readForeignRows(
  session: Session,
  { tool, schema, table }: ForeignTable,
): Promise<{ readonly rows: readonly ForeignRow[]; readonly halted: string | undefined }> {
  const place = (name: string): string => `${quoted(schema)}.${quoted(name)}`;
  const { rows } = await session.query<ForeignRow>(tool.rows(place(table)));
  return { rows, halted: await readHalt(session, tool, place) };
}

async function readHalt(
  session: Session,
  { halted }: ForeignTool,
  place: (name: string) => string,
): Promise<string | undefined> {
  if (!halted) return undefined;
  const companion = place(halted.companion);
  const { rows: there } = await session.query(
    'SELECT FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)',
    [companion],
  );
  if (there.length === 0) return undefined;
  const { rows } = await session.query<{ problem: string }>(halted.query(companion));
  return rows[0]?.problem;
}

interface Candidate {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly neighbours: readonly string[];
}

function fits({ columns, neighbour }: ForeignTool, candidate: Candidate): boolean {
  return (
    columns.every((column) => isSatisfied(column, candidate.columns)) &&
    (neighbour === undefined || isSatisfied(neighbour, candidate.neighbours))
  );
}

/** `name` must be among them, `!name` must not. */
function isSatisfied(demand: string, names: readonly string[]): boolean {
  return demand.startsWith('!') ? !names.includes(demand.slice(1)) : names.includes(demand);
}
