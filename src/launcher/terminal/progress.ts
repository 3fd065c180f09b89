import { formatDuration } from '../../contract/duration.ts';
import { backfillParts, shareOf } from '../../contract/event-lines.ts';
import { visibleLine } from '../../contract/visible-text.ts';
import type { Blocker, RunEvent } from '../../contract/run-events.ts';

/** What migrate is doing at the moment, as far as its events have told. */
export interface Progress {
  readonly revision: (Extract<RunEvent, { event: 'revision.started' }> & { readonly sinceMs: number }) | undefined;
  readonly statement: Extract<RunEvent, { event: 'statement.progress' }> | undefined;
  /** What it waits for, in words. */
  readonly waitsFor: string | undefined;
}

export const noProgress: Progress = { revision: undefined, statement: undefined, waitsFor: undefined };

/** The progress after one more event, which was read at `nowMs`. */
export function withProgress(progress: Progress, event: RunEvent, nowMs: number): Progress {
  switch (event.event) {
    case 'revision.started':
      return { revision: { ...event, sinceMs: nowMs }, statement: undefined, waitsFor: undefined };
    case 'statement.progress':
      return { ...progress, statement: event, waitsFor: undefined };
    case 'lock.blocked':
      return { ...progress, waitsFor: event.blockers.length === 0 ? undefined : tableLock(event.blockers) };
    case 'lock.waiting':
      return { ...progress, waitsFor: `the lock that ${visibleLine(event.holder ?? 'another runner')} holds` };
    case 'database.waiting':
      return { ...progress, waitsFor: `the database: ${visibleLine(event.reason)}` };
    case 'lock.acquired':
    case 'plan':
    case 'run.started':
      return { ...progress, waitsFor: undefined };
    case 'revision.applied':
    case 'revision.reverted':
    case 'revision.failed':
    case 'run.finished':
      return noProgress;
    case 'notice':
    case 'message':
      return progress;
  }
}

/** The progress in one clause, or `undefined` when nothing is under way. */
export function progressClause(progress: Progress): string | undefined {
  const { revision, statement, waitsFor } = progress;
  const share = statement && shareOf(statement);
  const phase = statement?.phase === undefined ? '' : ` (${visibleLine(statement.phase)})`;
  const parts = [
    revision && `${revision.index}/${revision.count} ${visibleLine(revision.name)}`,
    statement && `statement ${statement.statement} of ${statement.statements}${phase}`,
    share === undefined ? undefined : `${share} %`,
    ...(statement ? backfillParts(statement) : []),
    waitsFor && `waits for ${waitsFor}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function tableLock([blocker, ...others]: readonly Blocker[]): string {
  if (!blocker) return 'a table lock';
  const name = blocker.application === '' ? '' : ` (${visibleLine(blocker.application)})`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `a table lock of pid ${blocker.pid}${name}${more}, for ${formatDuration(blocker.ageMs)}: ${visibleLine(blocker.query)}`;
}
