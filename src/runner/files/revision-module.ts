/** A row of a query's answer, by column name. */
export type Row = Record<string, unknown>;

/** A piece of SQL with its values, to stand in a `` sql`…` `` where a value would. */
export interface SqlFragment {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * Runs one statement; values become parameters, never text: `` await sql`UPDATE t SET a = ${value}` ``.
 * Answers the rows.
 */
export type SqlTag = (strings: TemplateStringsArray, ...values: readonly unknown[]) => Promise<Row[]>;

/** The revision's own connection, inside its transaction. */
export interface RevisionClient {
  readonly query: (text: string, values?: readonly unknown[]) => Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** What `up` and `down` of a `.ts` or `.js` revision receive. */
export interface RevisionContext {
  readonly sql: SqlTag;
  readonly client: RevisionClient;
  /** Writes a line to the run's log. */
  readonly log: (text: string) => void;
  /**
   * Walks a table in the order of a unique key, so many rows at a time, each batch a transaction of its own; a rerun goes on
   * behind the last batch that was committed. For revisions with `export const transaction = false`.
   */
  readonly batch: (options: BatchOptions) => Promise<BatchResult>;
}

export interface BatchOptions {
  /** As SQL names it: `transactions`, `audit.events`, `"Odd Name"`. */
  readonly table: string;
  /** The columns of a unique index, in its order; default the primary key. */
  readonly key?: string | readonly string[] | undefined;
  /** Most rows of one batch; default 1,000. Batches that take long, or lose against other sessions, become smaller by themselves. */
  readonly size?: number | undefined;
  /** Only rows for which this SQL condition holds, e.g. `amount_cents IS NULL`. */
  readonly where?: string | undefined;
  /** Columns that `rows` holds beside the key. The rows are locked against other writers then, until the batch is committed. */
  readonly columns?: readonly string[] | undefined;
  /** By what a rerun finds its place again; default the table, and needed when a revision walks the same table twice. */
  readonly name?: string | undefined;
  /**
   * Changes the rows of one batch. It is called again, for fewer rows, when the batch was rolled back because of a lock; what it
   * does outside the database may therefore happen twice.
   */
  readonly run: (batch: Batch) => Promise<void>;
}

/** Some rows, and the transaction in which they are to be changed. */
export interface Batch {
  readonly sql: SqlTag;
  readonly client: RevisionClient;
  /** The condition for exactly this range of keys: `` await sql`UPDATE t SET a = b WHERE ${within}` ``. */
  readonly within: SqlFragment;
  /** The first and the last key of the batch, both part of it: column → value, written as PostgreSQL writes it. */
  readonly from: BatchKey;
  readonly to: BatchKey;
  /** The rows in the order of the key: key and `columns`, values as node-postgres reads them. */
  readonly rows: readonly Row[];
}

export type BatchKey = Readonly<Record<string, string>>;

export interface BatchResult {
  /** Rows in all, those of earlier runs included. */
  readonly rows: number;
}

/** What a `.ts`, `.js` or `.mjs` revision exports. */
export interface RevisionModule {
  readonly up: (context: RevisionContext) => Promise<void>;
  /** Left out: the revision cannot be reverted. */
  readonly down?: (context: RevisionContext) => Promise<void>;
  /** `false`: no transaction around it; the default is one transaction. */
  readonly transaction?: boolean;
}
