import type { RunEvent } from '../contract/run-events.ts';

/** What the run events of a launch have said so far. */
export interface RunRecord {
  readonly applied: readonly string[];
  readonly reverted: readonly string[];
  readonly failed: Extract<RunEvent, { event: 'revision.failed' }> | undefined;
  readonly finished: Extract<RunEvent, { event: 'run.finished' }> | undefined;
  /** The command that migrate ran, when it said so. */
  readonly command: string | undefined;
  /** The last lines that were no events, newest last. */
  readonly lastLines: readonly string[];
  readonly lineCount: number;
}

export const emptyRecord: RunRecord = {
  applied: [],
  reverted: [],
  failed: undefined,
  finished: undefined,
  command: undefined,
  lastLines: [],
  lineCount: 0,
};

const lastLineCount = 10;

/** The record with one more event. */
export function withEvent(record: RunRecord, event: RunEvent): RunRecord {
  switch (event.event) {
    case 'run.started':
      return { ...record, command: event.command };
    case 'revision.applied':
      return { ...record, applied: [...record.applied, event.name] };
    case 'revision.reverted':
      return { ...record, reverted: [...record.reverted, event.name] };
    case 'revision.failed':
      return { ...record, failed: event };
    case 'run.finished':
      return { ...record, finished: event };
    case 'message':
      return event.level === 'error' ? withLine(record, `error: ${event.text}`) : record;
    case 'database.waiting':
    case 'lock.waiting':
    case 'lock.acquired':
    case 'lock.blocked':
    case 'plan':
    case 'revision.started':
    case 'statement.progress':
    case 'notice':
      return record;
  }
}

/** The record with one more line that is no event. */
export function withLine(record: RunRecord, line: string): RunRecord {
  return { ...record, lastLines: [...record.lastLines, line].slice(-lastLineCount), lineCount: record.lineCount + 1 };
}
