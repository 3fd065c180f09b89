import {
  checkGuard,
  commitRefused,
  guardedBegin,
  resetSession,
  resetStatements,
  TransactionBroken,
} from './revision-transaction.ts';
import { holdsRunnerLock } from '../record/runner-lock.ts';
import type { Session } from '../connection/session.ts';

/** Runs one revision inside the transaction that is open: its body, then its record. */
export type AddRevision = (revision: {
  readonly body: () => Promise<void>;
  readonly record: () => Promise<void>;
}) => Promise<void>;

/**
 * One transaction around several revisions. What guards the transaction of a single revision guards each of them here: the
 * setting that a COMMIT inside would take away, the failure that was swallowed, the lock that was given away. Between two of
 * them the session is reset, and deferred constraints are checked, as far as that can be done without a commit.
 * @throws TransactionBroken, and whatever body, record or commit throw; nothing stays then, unless TransactionBroken says so.
 */
export async function inSharedTransaction(
  session: Session,
  { schema, role }: { readonly schema: string; readonly role: string | undefined },
  work: (add: AddRevision) => Promise<void>,
): Promise<void> {
  await session.query('BEGIN');
  try {
    await work(async ({ body, record }) => {
      const guard = await guardedBegin(session, 'inside', role);
      await body();
      await checkGuard(session, guard);
      await session.query(checkDeferred);
      if (!(await holdsRunnerLock(session, schema)))
        throw new TransactionBroken('it gave away the runner’s lock (DISCARD ALL, pg_advisory_unlock_all?)', {
          effectsStay: false,
        });
      await record();
      await session.query(resetStatements.join('; '));
    });
    const { command } = await session.query('COMMIT');
    if (command !== 'COMMIT') throw commitRefused();
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await resetSession(session);
  }
}

/**
 * Does what a COMMIT between two revisions would have done for deferred constraints, so that a violation belongs to the
 * revision that made it, and the next one meets no pending trigger events (55006). Each constraint is named, since `SET
 * CONSTRAINTS ALL` would also hold for those that a later revision makes.
 */
export const checkDeferred = `DO $migrate$
DECLARE
  deferrable_ones text;
  deferred_ones text;
BEGIN
  SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', '),
         pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', ') FILTER (WHERE c.condeferred)
    INTO deferrable_ones, deferred_ones
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.connamespace
   WHERE c.condeferrable;
  IF deferrable_ones IS NOT NULL THEN
    EXECUTE 'SET CONSTRAINTS ' OPERATOR(pg_catalog.||) deferrable_ones OPERATOR(pg_catalog.||) ' IMMEDIATE';
  END IF;
  IF deferred_ones IS NOT NULL THEN
    EXECUTE 'SET CONSTRAINTS ' OPERATOR(pg_catalog.||) deferred_ones OPERATOR(pg_catalog.||) ' DEFERRED';
  END IF;
END $migrate$`;
