import { parseRunEvent } from '../../contract/run-events.ts';
import type { LogLine } from '../aws/logs.ts';

/** What the lines that were read say about those that were not. */
export type Proof =
  /** The container's last line, run.finished, was not read. */
  | 'no-end'
  /** It was read, and as many lines as it counted, neither fewer nor more. */
  | 'complete'
  /** It was read, and fewer lines than it counted. */
  | 'incomplete'
  /** It was read, but counts nothing, or something else wrote to the log too. */
  | 'uncounted';

/** Counts the lines of one task's log and holds the count against the one that run.finished carries. */
export interface LogProof {
  see(line: LogLine): void;
  proof(): Proof;
  /** How many lines never came, as far as that is known. */
  missing(): number;
}

export function createLogProof(): LogProof {
  const eventsByRun = new Map<string, number>();
  let lineCount = 0;
  let end: { readonly runId: string; readonly printed: Printed | undefined } | undefined;
  const missing = (): number =>
    end?.printed
      ? Math.max(end.printed.lines - lineCount, end.printed.events - (eventsByRun.get(end.runId) ?? 0), 0)
      : 0;
  return {
    see({ message }) {
      lineCount += 1;
      const event = parseRunEvent(message.trimEnd());
      if (!event) return;
      eventsByRun.set(event.runId, (eventsByRun.get(event.runId) ?? 0) + 1);
      if (event.event === 'run.finished') end = { runId: event.runId, printed: printedOf(event) };
    },
    proof() {
      if (!end) return 'no-end';
      if (!end.printed) return 'uncounted';
      if (missing() > 0) return 'incomplete';
      return lineCount === end.printed.lines ? 'complete' : 'uncounted';
    },
    missing,
  };
}

interface Printed {
  readonly lines: number;
  readonly events: number;
}

/** Absent from what older runners write. */
function printedOf(event: object): Printed | undefined {
  const { printed } = event as { printed?: Partial<Printed> | null };
  return typeof printed?.lines === 'number' && typeof printed.events === 'number'
    ? { lines: printed.lines, events: printed.events }
    : undefined;
}
