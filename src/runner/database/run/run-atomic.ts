import { AppError } from '../../../contract/app-error.ts';
import { changeRecord, noteFailure } from './change-record.ts';
import { isConnectionLoss } from '../connection/database-error.ts';
import { describeFailure } from './describe-failure.ts';
import { withLockRetries } from './lock-retry.ts';
import { observeRevision, type RevisionObserver } from './observe-revision.ts';
import { readRecord } from '../record/record-tables.ts';
import { TransactionBroken } from './revision-transaction.ts';
import { runWork } from './run-work.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from '../connection/session.ts';
import { settleRevision } from './settle-commit.ts';
import { inSharedTransaction, type AddRevision } from './shared-transaction.ts';
import { causeOfFailure } from './statement-failure.ts';
import { stateOfWholeRun, type WholeRun } from './whole-run.ts';

export interface AtomicRun {
  /** At least one, all transactional, in their order. */
  readonly revisions: readonly [RunnableRevision, ...RunnableRevision[]];
  readonly options: RevisionRun;
  /** Calls the function once for every revision, in their order; the run is tried again by calling this again. */
  readonly loop: (runOne: (revision: RunnableRevision) => Promise<void>) => Promise<void>;
}

export interface AtomicResult {
  /** Milliseconds by revision id. */
  readonly durations: ReadonlyMap<string, number>;
  /** The connection broke at the commit, but the record proves that the run took effect. */
  readonly connectionLost: boolean;
}

/**
 * Runs all revisions, and their records, in one transaction. A table lock that cannot be had starts the whole run again, since
 * the transaction is gone; a connection that broke is settled by reading the record.
 * @throws RevisionError (6) that says of every revision what became of it; the signal's reason when interrupted.
 */
export async function runAtomic(session: Session, { revisions, options, loop }: AtomicRun): Promise<AtomicResult> {
  const { schema, signal, now, recovery } = options;
  const durations = new Map<string, number>();
  let [running] = revisions;
  let observer: RevisionObserver | undefined;
  const runOne = async (revision: RunnableRevision, add: AddRevision): Promise<void> => {
    signal.throwIfAborted();
    running = revision;
    const start = now();
    const watching = observeRevision(session, revision, options);
    observer = watching;
    try {
      await add({
        body: () => runWork(session, revision, { ...options, onStatement: watching.onStatement }),
        record: () => {
          signal.throwIfAborted();
          const durationMs = Math.round(now() - start);
          durations.set(revision.id, durationMs);
          return changeRecord(session, revision, options, durationMs);
        },
      });
    } finally {
      await watching.stop();
    }
  };
  const attempt = (): Promise<void> =>
    inSharedTransaction(session, options, (add) => loop((revision) => runOne(revision, add)));
  try {
    await withLockRetries(attempt, {
      // A script may have done more than SQL, so only SQL is run again.
      retryForMs: revisions.some(({ work }) => work.kind === 'script') ? 0 : recovery.lockRetryForMs,
      now,
      sleep: recovery.sleep,
      signal,
      onBlocked: (blocked) => observer?.onBlocked(blocked),
    });
    return { durations, connectionLost: false };
  } catch (error) {
    // All or nothing: what is true of the last one is true of the run.
    const last = revisions.at(-1) ?? running;
    const settled = isConnectionLoss(causeOfFailure(error)) ? await settleRevision(last, options) : undefined;
    if (settled === 'committed') return { durations, connectionLost: true };
    const effectsStay = error instanceof TransactionBroken && error.effectsStay;
    const wholeRun: WholeRun = {
      direction: running.direction,
      names: revisions.map(({ name }) => name),
      kept: effectsStay ? await changedOf(session, schema, revisions) : [],
    };
    const state = stateOfWholeRun(wholeRun, { effectsStay, settled });
    if (signal.aborted || error instanceof AppError) options.emit({ event: 'message', level: 'warning', text: state });
    if (signal.aborted) throw signal.reason;
    const rolledBack = wholeRun.names.filter((name) => !wholeRun.kept.includes(name));
    if (error instanceof AppError) {
      await noteFailure(session, running, options, { exitCode: error.exitCode, reason: error.message, rolledBack });
      throw error;
    }
    const known = { settled, blockers: observer?.blockers() ?? [], wholeRun };
    const failure = describeFailure(error, running, known);
    const { exitCode } = failure.failure;
    await noteFailure(session, running, options, { exitCode, reason: failure.message, rolledBack });
    throw failure;
  }
}

/** Names of those revisions that the record has as this run wanted it. */
async function changedOf(
  session: Session,
  schema: string,
  revisions: readonly RunnableRevision[],
): Promise<readonly string[]> {
  const recorded = new Set((await readRecord(session, schema)).map(({ id }) => id));
  return revisions.filter(({ id, direction }) => recorded.has(id) === (direction === 'up')).map(({ name }) => name);
}
