import type { BatchMarker } from './batch-marker.ts';
import { createSqlLexer } from './sql-lexer.ts';
import type { StatementSpan, TextSpan } from './statement-reader.ts';

export { SplitError } from './split-error.ts';

/** One SQL statement of a text, without the comments around it and without its semicolon. */
export interface Statement {
  readonly text: string;
  /** UTF-16 offset of its first character in the text that was split. */
  readonly offset: number;
  /** Its first words in upper case, e.g. `['CREATE', 'INDEX', 'CONCURRENTLY']`: at most eight, quoted names left out. */
  readonly words: readonly string[];
  /** Where the data lines of a `COPY … FROM stdin` stand in the text that was split; the line `\.` begins at `end`. */
  readonly copyData?: TextSpan;
  /** The marker above it that says to run it in batches. */
  readonly batch?: BatchMarker;
}

/**
 * Splits SQL into statements as PostgreSQL's own scanner would; see {@link createSqlLexer}.
 * @throws SplitError for an unterminated quote, comment or COPY, a psql meta-command, and `COPY … TO stdout`.
 */
export function splitStatements(sql: string): readonly Statement[] {
  const statements: Statement[] = [];
  const lexer = createSqlLexer((span) => statements.push(statementAt(sql, span)));
  lexer.read(sql);
  lexer.finish();
  return statements;
}

/** The statement with its text. */
export function statementAt(sql: string, { offset, end, words, copyData, batch }: StatementSpan): Statement {
  return { text: sql.slice(offset, end), offset, words, ...(copyData && { copyData }), ...(batch && { batch }) };
}
