import { isServerError } from '../connection/database-error.ts';

/**
 * An expression that fails the statement unless the condition holds. It needs no language to be there as a DO block does:
 * these words, which hold no quote, are cast to a number, and the server's error (22P02 invalid_text_representation) quotes them.
 */
export function assertSql(condition: string, words: string): string {
  return `(CASE WHEN ${condition} THEN '1'::pg_catalog.text ELSE '${words}'::pg_catalog.text END)::pg_catalog.int4`;
}

/** Whether the error is that of {@link assertSql} with these words, in whatever language the server speaks. */
export function brokeAssertion(error: unknown, words: string): boolean {
  return isServerError(error) && error.code === '22P02' && error.message.includes(words);
}
