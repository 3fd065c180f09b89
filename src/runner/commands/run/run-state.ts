import type { RunEventBody } from '../../../contract/run-events.ts';
import { currentRevision, pendingRevisions, type AppliedRevision, type KnownRevision } from '../../history/record.ts';

/** What a run did so far; kept beside the run so that a failure can still tell it. Names, in order. */
export interface RunState {
  readonly applied: string[];
  readonly reverted: string[];
  pending: readonly string[];
  current: string | null;
  /** Whether `pending` and `current` were read from the record; without it they say nothing. */
  recordRead: boolean;
  /** Of a plan that was made. */
  planHash?: string;
}

export function emptyRunState(): RunState {
  return { applied: [], reverted: [], pending: [], current: null, recordRead: false };
}

/** Takes over what the record says now. */
export function noteRecord(
  state: RunState,
  known: readonly KnownRevision[],
  applied: readonly AppliedRevision[],
): void {
  state.recordRead = true;
  state.current = currentRevision(applied)?.name ?? null;
  state.pending = pendingRevisions(known, applied).map(({ name }) => name);
}

/** The last event of every run. */
export function runFinished(state: RunState, exitCode: number, durationMs: number): RunEventBody {
  const interrupted = exitCode === 130 || exitCode === 143;
  const outcome = exitCode === 0 ? 'succeeded' : interrupted ? 'interrupted' : 'failed';
  return { event: 'run.finished', outcome, exitCode, ...state, durationMs: Math.round(durationMs) };
}
