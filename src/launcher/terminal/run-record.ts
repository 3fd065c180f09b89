import type { RunEvent } from '../../contract/run-events.ts';

/** What the run events of a launch have said so far. */
export interface RunRecord {
  readonly applied: readonly string[];
  readonly reverted: readonly string[];
  /** Every revision that came to an end, in order. */
  readonly revisions: readonly RevisionResult[];
  readonly failed: Extract<RunEvent, { event: 'revision.failed' }> | undefined;
  readonly finished: Extract<RunEvent, { event: 'run.finished' }> | undefined;
  /** A backfill stopped between two batches because the run's budget was over: nothing failed. */
  readonly paused: boolean;
  /** The command that migrate ran, when it said so. */
  readonly command: string | undefined;
  /** How often migrate began: a restart policy begins it again, and the exit code is that of the last run. */
  readonly runs: number;
  readonly runId: string | undefined;
  /** The last lines that were no events, newest last. */
  readonly lastLines: readonly string[];
  readonly lineCount: number;
}

export interface RevisionResult {
  readonly name: string;
  readonly result: 'applied' | 'reverted' | 'failed';
  /** `undefined` for a failure, which has no time in its event. */
  readonly durationMs: number | undefined;
}

export const emptyRecord: RunRecord = {
  applied: [],
  reverted: [],
  revisions: [],
  failed: undefined,
  finished: undefined,
  paused: false,
  command: undefined,
  runs: 0,
  runId: undefined,
  lastLines: [],
  lineCount: 0,
};

const lastLineCount = 20;

/** The record with one more event. */
export function withEvent(record: RunRecord, event: RunEvent): RunRecord {
  switch (event.event) {
    case 'run.started':
      if (event.runId === record.runId) return { ...record, command: event.command };
      // What an earlier run failed of, and how it ended, says nothing about this one.
      return {
        ...record,
        command: event.command,
        runs: record.runs + 1,
        runId: event.runId,
        failed: undefined,
        finished: undefined,
        paused: false,
      };
    case 'revision.applied':
      return {
        ...withResult(record, event.name, 'applied', event.durationMs),
        applied: [...record.applied, event.name],
      };
    case 'revision.reverted':
      return {
        ...withResult(record, event.name, 'reverted', event.durationMs),
        reverted: [...record.reverted, event.name],
      };
    case 'revision.failed':
      return { ...withResult(record, event.name, 'failed'), failed: event };
    case 'run.finished':
      return { ...record, finished: event };
    case 'message':
      if (event.code === 'budget-over') return { ...record, paused: true };
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

function withResult(record: RunRecord, name: string, result: RevisionResult['result'], durationMs?: number): RunRecord {
  return { ...record, revisions: [...record.revisions, { name, result, durationMs }] };
}
