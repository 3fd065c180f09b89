import type { Blocker } from '../../contract/run-events.ts';
import { countStatements } from '../files/read-sql-revision.ts';
import { StatementFailure } from './statement-failure.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from './session.ts';
import { watchSession } from './watch-session.ts';

export interface RevisionObserver {
  readonly blockers: () => readonly Blocker[];
  readonly onBlocked: (blocked: {
    readonly attempt: number;
    readonly retryInMs: number;
    readonly error: unknown;
  }) => void;
  readonly stop: () => Promise<void>;
}

/** Turns what happens around a revision into events: the server's notices, progress of long statements, who blocks them. */
export function observeRevision(session: Session, revision: RunnableRevision, options: RevisionRun): RevisionObserver {
  const { emit, recovery } = options;
  const { id } = revision;
  const statements = revision.work.kind === 'script' ? 1 : Math.max(1, countStatements(revision.work));
  let completed = 0;
  const count = (): void => {
    completed += 1;
  };
  const current = (): number => Math.min(completed + 1, statements);
  const onNotice = (notice: { severity?: string | undefined; message?: string | undefined }): void => {
    emit({ event: 'notice', revision: id, severity: notice.severity ?? 'NOTICE', message: notice.message ?? '' });
  };
  const { connection, processID } = session as unknown as { connection: NodeJS.EventEmitter; processID: number };
  session.on('notice', onNotice);
  connection.on('commandComplete', count);
  const watch = watchSession({
    pid: processID,
    open: recovery.openAnother,
    everyMs: recovery.lockTimeoutMs === 0 ? 1_000 : Math.max(50, Math.min(1_000, recovery.lockTimeoutMs / 3)),
    onProgress: (progress) =>
      emit({ event: 'statement.progress', revision: id, statement: current(), statements, ...progress }),
    // In a transaction the wait ends by lock_timeout, and the next try tells it; without one it may last.
    onBlocked: (blockers) => {
      if (!revision.transactional)
        emit({ event: 'lock.blocked', revision: id, statement: current(), blockers, attempt: 1 });
    },
  });
  return {
    blockers: watch.blockers,
    onBlocked: ({ attempt, retryInMs, error }) => {
      completed = 0;
      const statement = error instanceof StatementFailure ? error.statement : 1;
      emit({ event: 'lock.blocked', revision: id, statement, blockers: watch.blockers(), attempt, retryInMs });
    },
    stop: async () => {
      session.off('notice', onNotice);
      connection.off('commandComplete', count);
      await watch.stop();
    },
  };
}
