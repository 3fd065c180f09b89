import { parseRunEvent } from '../contract/run-events.ts';
import { AwsError, isPassing } from './aws/aws-error.ts';
import type { LogLine, LogPage } from './aws/logs.ts';
import type { Clock } from './clock.ts';
import { createLogLedger } from './log-ledger.ts';
import { drainLimitMs, type Pace } from './pace.ts';

/** How the reading of a log ended. */
export type LogEnd =
  /** The container's last line, run.finished, was read: the log is complete. */
  | 'end-marker'
  /** No end marker, and nothing new for a while after the container had stopped. */
  | 'quiet'
  /** New lines were still coming, or reading still failed, when the time for it was over. */
  | 'gave-up'
  /** There is no log that could be read. */
  | 'unreadable';

export interface LogSource {
  /** A page from the head; `undefined` while the stream does not exist. */
  readPage(token: string | undefined): Promise<LogPage | undefined>;
}

export interface LogSink {
  write(lines: readonly LogLine[], order: 'in-order' | 'late'): Promise<void>;
  /** The container said that it is finishing: its end is near. */
  endMarkerSeen(): void;
  trouble(text: string): void;
}

export interface LogSignals {
  /** Aborts when the container is over; from then on the log is drained. */
  readonly stopped: AbortSignal;
  /** Aborts when nobody waits for the log any more. */
  readonly abandoned: AbortSignal;
}

interface Loop {
  readonly source: LogSource;
  readonly sink: LogSink;
  readonly signals: LogSignals;
  readonly clock: Clock;
  readonly pace: Pace;
}

/** An expired stream may hand out ever new tokens with empty pages (boto3 #4591); this many are a pause. */
const emptyPagesInARow = 20;
const reconciliationLimitMs = 60_000;

/**
 * Shows a task's own log stream from its first line to its last, each line once. After the container's end it goes on
 * until the end marker is read or the log is quiet, then reads everything once more for lines that came late.
 * Reading trouble slows it down; nothing but a lack of rights ends it before the container does.
 */
export async function followLog(loop: Loop): Promise<LogEnd> {
  const { sink, signals, clock, pace } = loop;
  const reader = createReader(loop);
  let lastNewAtMs = clock.now();
  let stoppedAtMs: number | undefined;
  let waitMs = pace.pollMs;
  let troubleSaid = false;
  while (!signals.abandoned.aborted) {
    if (signals.stopped.aborted) stoppedAtMs ??= clock.now();
    let readSomething = false;
    try {
      if (await reader.readOn('in-order')) lastNewAtMs = clock.now();
      waitMs = pace.pollMs;
      readSomething = true;
    } catch (error) {
      if (isFinal(error)) {
        sink.trouble(`The log cannot be read, so only the exit code will tell: ${messageOf(error)}`);
        return 'unreadable';
      }
      // An expired login is told by the watch over the task; the position stays good.
      const expired = error instanceof AwsError && error.kind === 'credentials';
      if (!isPassing(error) && !expired) reader.restart();
      if (!troubleSaid && !expired)
        sink.trouble(`The log cannot be read at the moment, trying again: ${messageOf(error)}`);
      troubleSaid ||= !expired;
      waitMs = Math.min(waitMs * 2, pace.pollMs * 10);
    }
    if (stoppedAtMs !== undefined) {
      const now = clock.now();
      const end = drainEnd({
        endMarkerRead: reader.endMarkerRead(),
        quietForMs: readSomething ? now - Math.max(stoppedAtMs, lastNewAtMs) : 0,
        drainedForMs: now - stoppedAtMs,
        quietMs: pace.quietMs,
      });
      if (end) return reconcile(reader, loop, end);
    }
    // While draining, look more often: a person waits for the prompt.
    const pauseMs = stoppedAtMs === undefined ? waitMs : Math.min(waitMs, Math.max(pace.pollMs / 2, 50));
    await clock.sleep(pauseMs, stoppedAtMs === undefined ? eitherOf(signals) : signals.abandoned);
  }
  return 'gave-up';
}

/** Whether the log of a stopped container is over; `undefined` means go on reading. Pure. */
export function drainEnd(state: {
  readonly endMarkerRead: boolean;
  readonly quietForMs: number;
  readonly drainedForMs: number;
  readonly quietMs: number;
}): LogEnd | undefined {
  if (state.endMarkerRead) return 'end-marker';
  if (state.quietForMs >= state.quietMs) return 'quiet';
  return state.drainedForMs >= drainLimitMs ? 'gave-up' : undefined;
}

interface Reader {
  /** Reads page after page until the token repeats; whether there was a new line. */
  readOn(order: 'in-order' | 'late'): Promise<boolean>;
  /** Begins again at the head; what was shown is not shown again. */
  restart(): void;
  endMarkerRead(): boolean;
}

function createReader({ source, sink, signals }: Loop): Reader {
  const ledger = createLogLedger();
  let token: string | undefined;
  let endMarker = false;
  return {
    async readOn(order) {
      let foundNew = false;
      let emptyPages = 0;
      while (emptyPages < emptyPagesInARow && !signals.abandoned.aborted) {
        const page = await source.readPage(token);
        if (!page || signals.abandoned.aborted) break;
        const newLines = page.lines.filter((line) => ledger.isNew(line));
        if (!endMarker && newLines.some(isEndMarker)) {
          endMarker = true;
          sink.endMarkerSeen();
        }
        if (newLines.length > 0) await sink.write(newLines, order);
        foundNew ||= newLines.length > 0;
        emptyPages = page.lines.length === 0 ? emptyPages + 1 : 0;
        if (page.nextToken === undefined || page.nextToken === token) break;
        token = page.nextToken;
      }
      return foundNew;
    },
    restart() {
      ledger.startPass();
      token = undefined;
    },
    endMarkerRead: () => endMarker,
  };
}

/** Lines may be stored behind a position that was read already; a second reading finds them. */
async function reconcile(reader: Reader, { sink, signals, clock, pace }: Loop, end: LogEnd): Promise<LogEnd> {
  const startedAtMs = clock.now();
  reader.restart();
  while (!signals.abandoned.aborted) {
    try {
      await reader.readOn('late');
      return reader.endMarkerRead() ? 'end-marker' : end;
    } catch (error) {
      if (isFinal(error) || clock.now() - startedAtMs > reconciliationLimitMs) {
        sink.trouble(`The log could not be read a second time for late lines: ${messageOf(error)}`);
        return end === 'end-marker' ? 'quiet' : end;
      }
      await clock.sleep(pace.pollMs * 2, signals.abandoned);
    }
  }
  return 'gave-up';
}

function isEndMarker({ message }: LogLine): boolean {
  return message.includes('run.finished') && parseRunEvent(message.trimEnd())?.event === 'run.finished';
}

function isFinal(error: unknown): boolean {
  return error instanceof AwsError && error.kind === 'denied';
}

/** A stop that came during a read ends the pause after it at once. */
function eitherOf({ stopped, abandoned }: LogSignals): AbortSignal {
  return AbortSignal.any([stopped, abandoned]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
