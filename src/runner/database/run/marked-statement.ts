import { isServerError } from '../connection/database-error.ts';
import { withoutComments } from './invalid-index.ts';
import type { Session } from '../connection/session.ts';
import { StatementFailure } from './statement-failure.ts';

const changesData = /^(?:WITH|SELECT|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|TABLE|VALUES)\b/i;
const changesSchema =
  /^(?:(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?!DATABASE\b|TABLESPACE\b|SYSTEM\b|SUBSCRIPTION\b)|COMMENT\s|GRANT\s|REVOKE\s|SECURITY\s)/i;

/**
 * Whether the statement may share a transaction with its mark in the journal. What must be alone (VACUUM, …), may commit by
 * itself (CALL, DO) or belongs to the session (SET, LOCK, BEGIN) may not.
 */
export function fitsInTransaction(statement: string): boolean {
  const text = withoutComments(statement);
  return changesData.test(text) || changesSchema.test(text);
}

/**
 * Runs the statement and its mark in one transaction, so that a connection that breaks between the two leaves neither: a
 * rerun can then never do an INSERT twice, or fail at a table that it made itself. Inside a transaction that the revision has
 * opened there is nothing to add.
 * @throws what the statement throws.
 */
export async function withItsMark(
  session: Session,
  {
    run,
    mark,
  }: { readonly run: () => Promise<void>; readonly mark: (transaction: 'goes on' | 'ends') => Promise<void> },
): Promise<void> {
  const isOpen = session.getTransactionStatus() !== 'I';
  if (!isOpen) await session.query('BEGIN');
  try {
    await run();
    await mark(isOpen ? 'goes on' : 'ends');
    if (!isOpen) await session.query('COMMIT');
  } catch (error) {
    if (isOpen) throw error;
    await session.query('ROLLBACK').catch(() => undefined);
    if (!mustBeAlone(error)) throw error;
    await run();
    await mark('goes on');
  }
}

/** 25001 active_sql_transaction: a statement that we did not know to be one of those. */
function mustBeAlone(error: unknown): boolean {
  const cause = error instanceof StatementFailure ? error.cause : error;
  return isServerError(cause) && cause.code === '25001';
}
