/** Another migration tool, as far as its table in the database tells of it. */
export interface ForeignTool {
  /** Its word on the command line. */
  readonly name: string;
  /** What its makers call it. */
  readonly title: string;
  /** The table's name unless its user chose another. */
  readonly table: string;
  /** Columns that tell the table from one of another tool under the same name; `!` before one that must not be there. */
  readonly columns: readonly string[];
  /** A table in the same schema that must be there (`!`: must not be), where the columns alone do not tell. */
  readonly neighbour?: string;
  /** What else it keeps in the table's schema: no part of what its migrations made. */
  readonly companions: readonly string[];
  /** A query on the quoted table that answers {@link ForeignRow}s in the order of application. */
  readonly rows: (table: string) => string;
  /** A query on a quoted companion that answers `problem` when the tool itself would refuse to go on. */
  readonly halted?: { readonly companion: string; readonly query: (table: string) => string };
  /** What its users run to bring its table in order, for a hint. */
  readonly cure: string;
}

/** A migration that the tool says is applied. */
export interface ForeignRow {
  /** What the tool calls it by. */
  readonly id: string;
  /** Its words, where the table has some. */
  readonly name: string | null;
  /** Why it does not count as applied (failed, dirty), as the end of a sentence; null when it does. */
  readonly problem: string | null;
  /** True when the row stands for all that come before it as well. */
  readonly presumes: boolean;
}

/** A table of a tool in the database. */
export interface ForeignTable {
  readonly tool: ForeignTool;
  readonly schema: string;
  readonly table: string;
}

/** `public.alembic_version`, for people. */
export function tableLabel({ schema, table }: Pick<ForeignTable, 'schema' | 'table'>): string {
  return `${schema}.${table}`;
}
