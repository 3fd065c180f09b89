/** A row of a query's answer, by column name. */
export type Row = Record<string, unknown>;

/** What `up` and `down` of a `.ts` or `.js` revision receive. */
export interface RevisionContext {
  /**
   * Runs one statement; values become parameters, never text: `` await sql`UPDATE t SET a = ${value}` ``.
   * Answers the rows.
   */
  readonly sql: (strings: TemplateStringsArray, ...values: readonly unknown[]) => Promise<Row[]>;
  /** The revision's own connection, inside its transaction. */
  readonly client: {
    readonly query: (text: string, values?: readonly unknown[]) => Promise<{ rows: Row[]; rowCount: number | null }>;
  };
  /** Writes a line to the run's log. */
  readonly log: (text: string) => void;
}

/** What a `.ts`, `.js` or `.mjs` revision exports. */
export interface RevisionModule {
  readonly up: (context: RevisionContext) => Promise<void>;
  /** Left out: the revision cannot be reverted. */
  readonly down?: (context: RevisionContext) => Promise<void>;
  /** `false`: no transaction around it; the default is one transaction. */
  readonly transaction?: boolean;
}
