import { readRecord } from '../record/record-tables.ts';
import { acquireRunnerLock, type LockWait } from '../record/runner-lock.ts';
import { closeSession, type Session } from '../connection/session.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';

/** What a lost connection left: proven by the record, or not to be found out in time. */
export type SettledOutcome = 'committed' | 'rolled-back' | 'unknown';

/** Settles what the run's own connection left, waiting a minute at most for the old backend. */
export function settleRevision(
  revision: RunnableRevision,
  { schema, now, signal, recovery }: RevisionRun,
): Promise<SettledOutcome> {
  const lock = { waitMs: 60_000, now, sleep: recovery.sleep, signal, onWait: () => undefined };
  return settleCommit(revision, { reconnect: recovery.openAnother, schema, lock });
}

interface Settlement {
  readonly reconnect: () => Promise<Session>;
  readonly schema: string;
  readonly lock: LockWait;
}

/**
 * Finds out whether a revision was committed when the connection broke. The old backend may still be at work, so the
 * runner's lock is taken first: it is free only when that backend is gone, and what the record says then is final.
 */
async function settleCommit(
  revision: RunnableRevision,
  { reconnect, schema, lock }: Settlement,
): Promise<SettledOutcome> {
  let session: Session | undefined;
  try {
    session = await reconnect();
    await acquireRunnerLock(session, schema, lock);
    const recorded = (await readRecord(session, schema)).some(({ id }) => id === revision.id);
    return recorded === (revision.direction === 'up') ? 'committed' : 'rolled-back';
  } catch {
    return 'unknown';
  } finally {
    if (session) await closeSession(session);
  }
}
