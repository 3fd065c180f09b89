import { AppError } from '../../contract/app-error.ts';
import type { ExitCode } from '../../contract/exit-codes.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { isConnectionLoss } from './database-error.ts';
import { describeFailure } from './describe-failure.ts';
import { runWithJournal } from './journalled-run.ts';
import { withLockRetries } from './lock-retry.ts';
import { observeRevision } from './observe-revision.ts';
import { deleteRecord, insertEvent, insertRecord } from './record-tables.ts';
import { inRevisionTransaction, refuseLostLock, resetSession } from './revision-transaction.ts';
import { journalledWork, runWork, type WorkRun } from './run-work.ts';
import type { RevisionResult, RevisionRun, RunnableRevision } from './runnable-revision.ts';
import { settleCommit, type SettledOutcome } from './settle-commit.ts';
import type { Session } from './session.ts';
import { StatementFailure } from './statement-failure.ts';

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
  const { schema, signal, now, recovery } = options;
  const start = now();
  const elapsed = (): number => Math.round(now() - start);
  const record = async (): Promise<void> => {
    signal.throwIfAborted();
    await changeRecord(session, revision, options, elapsed());
  };
  if (revision.unstored !== undefined) options.emit({ event: 'message', level: 'info', text: revision.unstored });
  const observer = observeRevision(session, revision, options);
  const work = { ...options, onStatement: observer.onStatement };
  try {
    if (revision.transactional) {
      const body = (): Promise<void> => runWork(session, revision, work);
      // A script may have done more than SQL, so only SQL is run again.
      const retryForMs = revision.work.kind === 'script' ? 0 : recovery.lockRetryForMs;
      const { onBlocked } = observer;
      await withLockRetries(() => inRevisionTransaction(session, { schema, body, record }), {
        retryForMs,
        now,
        sleep: recovery.sleep,
        signal,
        onBlocked,
      });
    } else {
      await runWithoutTransaction(session, revision, work, record);
    }
    return { durationMs: elapsed(), connectionLost: false };
  } catch (error) {
    // A statement outside a transaction has its place in the journal; only the commit of the record is in doubt there.
    const inDoubt =
      isConnectionLoss(causeOf(error)) && (revision.transactional || !(error instanceof StatementFailure));
    const settled = inDoubt ? await settle(revision, options) : undefined;
    if (settled === 'committed') return { durationMs: elapsed(), connectionLost: true };
    if (signal.aborted && revision.transactional) throw signal.reason;
    // A file that was edited while it was sent: rolled back, and no fault of the revision's SQL.
    if (error instanceof AppError && revision.transactional) {
      await noteFailure(session, revision, options, error.exitCode, error.message);
      throw error;
    }
    const failure = describeFailure(error, revision, { settled, blockers: observer.blockers() });
    await noteFailure(session, revision, options, failure.failure.exitCode, failure.message);
    throw failure;
  } finally {
    await observer.stop();
  }
}

function settle(revision: RunnableRevision, { schema, now, signal, recovery }: RevisionRun): Promise<SettledOutcome> {
  const lock = { waitMs: 60_000, now, sleep: recovery.sleep, signal, onWait: () => undefined };
  return settleCommit(revision, { reconnect: recovery.openAnother, schema, lock });
}

/** The server's or driver's own error inside ours. */
function causeOf(error: unknown): unknown {
  return error instanceof StatementFailure ? error.cause : error;
}

async function runWithoutTransaction(
  session: Session,
  revision: RunnableRevision,
  options: WorkRun,
  record: () => Promise<void>,
): Promise<void> {
  const { schema } = options;
  try {
    const work = journalledWork(session, revision, options);
    await runWithJournal(session, { schema, revision, options, ...work });
    await resetSession(session);
    await session.query('BEGIN');
    await record();
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await resetSession(session);
  }
  await refuseLostLock(session, schema);
}

async function changeRecord(
  session: Session,
  revision: RunnableRevision,
  { schema, run }: RevisionRun,
  durationMs: number,
): Promise<void> {
  const { id } = revision;
  if (revision.direction === 'up') {
    await insertRecord(session, schema, { ...revision, durationMs }, run);
  } else if (!(await deleteRecord(session, schema, id))) {
    throw new Error(`Revision ${id} was to be reverted but is not in the record`);
  }
  const event = revision.direction === 'up' ? 'upgrade' : 'downgrade';
  await insertEvent(session, schema, { event, revision: id, detail: { name: revision.name, durationMs } }, run);
}

/** The failure belongs in the event log; when that cannot be written either, the first failure is the one that counts. */
async function noteFailure(
  session: Session,
  { id, direction }: RunnableRevision,
  { schema, run }: RevisionRun,
  exitCode: ExitCode,
  reason: string,
): Promise<void> {
  const detail = { direction, halfway: exitCode === exitCodes.stoppedHalfway };
  await insertEvent(session, schema, { event: 'failure', revision: id, reason, detail }, run).catch(() => undefined);
}
