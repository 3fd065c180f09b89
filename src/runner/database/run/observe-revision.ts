import type { Blocker } from '../../../contract/run-events.ts';
import { countStatements } from '../../files/read-sql-revision.ts';
import { positionAt } from '../../files/source-position.ts';
import { formatDuration } from '../../../contract/duration.ts';
import { isLockTimeout } from './lock-retry.ts';
import type { OnStatement } from './run-section.ts';
import { StatementFailure } from './statement-failure.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from '../connection/session.ts';
import { watchSession } from './watch-session.ts';

export interface RevisionObserver {
  readonly blockers: () => readonly Blocker[];
  readonly onBlocked: (blocked: {
    readonly attempt: number;
    readonly retryInMs: number;
    readonly error: unknown;
  }) => void;
  /** The statement, from 1, that the server works on now. */
  readonly onStatement: OnStatement;
  readonly stop: () => Promise<void>;
}

/** Turns what happens around a revision into events: the server's notices, progress of long statements, who blocks them. */
export function observeRevision(session: Session, revision: RunnableRevision, options: RevisionRun): RevisionObserver {
  const { emit, recovery } = options;
  const { id } = revision;
  const statements = revision.work.kind === 'script' ? 1 : Math.max(1, countStatements(revision.work));
  let statement = 1;
  const current = (): number => statement;
  const onNotice = (notice: { severity?: string | undefined; message?: string | undefined }): void => {
    const { severity = 'NOTICE', message = '' } = notice;
    emit({ event: 'notice', revision: id, severity, message, statement, ...lineOf(revision, statement) });
  };
  const { processID } = session as unknown as { processID: number };
  session.on('notice', onNotice);
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
      const failed = error instanceof StatementFailure ? error.statement : 1;
      if (isLockTimeout(error))
        emit({
          event: 'lock.blocked',
          revision: id,
          statement: failed,
          blockers: watch.blockers(),
          attempt,
          retryInMs,
        });
      else emit({ event: 'message', level: 'warning', text: retryText(revision.name, failed, { error, retryInMs }) });
    },
    onStatement: (now) => {
      statement = now;
    },
    stop: async () => {
      session.off('notice', onNotice);
      await watch.stop();
    },
  };
}

/** The line of the file at which the statement begins, when the text is at hand. */
function lineOf({ text, work }: RunnableRevision, statement: number): { readonly line?: number } {
  if (work.kind !== 'sql') return {};
  const found = work.section.statements[statement - 1];
  return found ? { line: positionAt(text, work.section.offset + found.offset).line } : {};
}

function retryText(
  name: string,
  statement: number,
  { error, retryInMs }: { readonly error: unknown; readonly retryInMs: number },
): string {
  const said = error instanceof Error ? error.message : String(error);
  return `Statement ${statement} of ${name} lost against another session (${said}); all of it was rolled back and is tried again in ${formatDuration(retryInMs)}.`;
}
