import { AppError } from '../../../contract/app-error.ts';
import { BackfillPaused } from '../backfill/backfill-paused.ts';
import { changeRecord, noteFailure } from './change-record.ts';
import { isConnectionLoss } from '../connection/database-error.ts';
import { describeFailure } from './describe-failure.ts';
import { runWithJournal } from './journalled-run.ts';
import { withLockRetries } from './lock-retry.ts';
import { observeRevision } from './observe-revision.ts';
import { quoted } from '../record/record-tables.ts';
import { inRevisionTransaction, refuseLostLock, resetSession } from './revision-transaction.ts';
import { runInOneQuery, sectionForOneQuery } from './run-in-one-query.ts';
import { journalledWork, runWork, type WorkRun } from './run-work.ts';
import type { RevisionResult, RevisionRun, RunnableRevision } from './runnable-revision.ts';
import { settleRevision } from './settle-commit.ts';
import type { Session } from '../connection/session.ts';
import { causeOfFailure, StatementFailure } from './statement-failure.ts';

/**
 * Runs one revision and changes the record with it: in one transaction, or statement by statement with the journal.
 * A table lock that cannot be had is tried for again; a connection that broke is settled by reading the record.
 * @throws RevisionError (6, or 10 for a non-transactional one), the signal's reason when interrupted and rolled back.
 */
export async function runRevision(
  session: Session,
  revision: RunnableRevision,
  options: RevisionRun,
): Promise<RevisionResult> {
  const { schema, role, signal, now, recovery } = options;
  const start = now();
  const elapsed = (): number => Math.round(now() - start);
  let recordedMs: number | undefined;
  const record = async (): Promise<void> => {
    signal.throwIfAborted();
    await changeRecord(session, revision, options, elapsed());
  };
  if (revision.unstored !== undefined) options.emit({ event: 'message', level: 'info', text: revision.unstored });
  const observer = observeRevision(session, revision, options);
  const work = { ...options, onStatement: observer.onStatement, blockers: observer.blockers };
  try {
    if (revision.transactional) {
      const body = (): Promise<void> => runWork(session, revision, work);
      // Alembic's table is moved on with a look at what it holds, which takes round trips of its own.
      const section = options.keptAlembic === undefined ? sectionForOneQuery(revision) : undefined;
      const attempt = async (): Promise<void> => {
        signal.throwIfAborted();
        if (!section) return inRevisionTransaction(session, { schema, role, body, record });
        recordedMs = await runInOneQuery(session, section, { revision, options: { ...work, spentMs: elapsed() } });
      };
      // A script may have done more than SQL, so only SQL is run again.
      const retryForMs = revision.work.kind === 'script' ? 0 : recovery.lockRetryForMs;
      const { onBlocked } = observer;
      await withLockRetries(attempt, {
        retryForMs,
        now,
        sleep: recovery.sleep,
        signal,
        onBlocked,
      });
    } else {
      await runWithoutTransaction(session, revision, work, record);
    }
    return { durationMs: recordedMs ?? elapsed(), connectionLost: false };
  } catch (error) {
    // A statement outside a transaction has its place in the journal; only the commit of the record is in doubt there.
    // Nothing failed: the budget is over, and the journal knows how far the rows are.
    const paused = causeOfFailure(error);
    if (paused instanceof BackfillPaused) throw paused;
    const inDoubt =
      isConnectionLoss(causeOfFailure(error)) && (revision.transactional || !(error instanceof StatementFailure));
    const settled = inDoubt ? await settleRevision(revision, options) : undefined;
    if (settled === 'committed') return { durationMs: elapsed(), connectionLost: true };
    if (signal.aborted && revision.transactional) throw signal.reason;
    // A file that was edited while it was sent: rolled back, and no fault of the revision's SQL.
    if (error instanceof AppError && revision.transactional) {
      await noteFailure(session, revision, options, { exitCode: error.exitCode, reason: error.message });
      throw error;
    }
    const failure = describeFailure(error, revision, { settled, blockers: observer.blockers() });
    const { exitCode } = failure.failure;
    await noteFailure(session, revision, options, { exitCode, reason: failure.message });
    throw failure;
  } finally {
    await observer.stop();
  }
}

async function runWithoutTransaction(
  session: Session,
  revision: RunnableRevision,
  options: WorkRun,
  record: () => Promise<void>,
): Promise<void> {
  const { schema, role } = options;
  try {
    await session.query(`RESET search_path${role === undefined ? '' : `; SET ROLE ${quoted(role)}`}`);
    const work = journalledWork(session, revision, options);
    await runWithJournal(session, { schema, revision, options, ...work });
    await resetSession(session);
    await session.query('BEGIN');
    await record();
    await session.query('COMMIT');
  } catch (error) {
    if (session.getTransactionStatus() !== 'I') await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await resetSession(session);
  }
  await refuseLostLock(session, schema);
}
