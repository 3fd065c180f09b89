import { AwsError, isPassing } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import type { Proof } from './log-proof.ts';
import { createLogReader, type LogReader, type LogSink, type LogSource } from './log-reader.ts';
import { drainLimitMs, longestDrainMs, type Pace } from '../pace.ts';

/** How the reading of a log ended. */
export type LogEnd =
  /** The container's last line, run.finished, was read, and every line that it counts. */
  | 'end-marker'
  /** The last line was read; whether one before it is missing cannot be known. */
  | 'uncounted'
  /** The last line was read, but fewer lines than it counts. */
  | 'incomplete'
  /** No end marker, and nothing new for a while after the container had stopped. */
  | 'quiet'
  /** New lines were still coming, or reading still failed, when the time for it was over. */
  | 'gave-up'
  /** There is no log that could be read. */
  | 'unreadable';

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

const reconciliationLimitMs = 60_000;
/** CloudWatch may say "nothing new" too early; so many times in a row it is believed. */
const quietReads = 5;

/**
 * Shows a task's own log stream from its first line to its last, each line once. After the container's end it goes on
 * until every line that the end marker counts is there or the log is quiet, then, unless all is proven, reads everything once
 * more for lines that came late. Reading trouble slows it down; nothing but a lack of rights ends it before the container does.
 */
export async function followLog(loop: Loop): Promise<LogEnd> {
  const { source, sink, signals, clock, pace } = loop;
  const reader = createLogReader({ source, sink, abandoned: signals.abandoned });
  let lastNewAtMs = clock.now();
  let readsWithoutNews = 0;
  let stoppedAtMs: number | undefined;
  let waitMs = pace.pollMs;
  let troubleSaid = false;
  let loginSaid = false;
  while (!signals.abandoned.aborted) {
    if (signals.stopped.aborted) stoppedAtMs ??= clock.now();
    let readSomething = false;
    try {
      const foundNew = await reader.readOn('in-order');
      const foundMissing = stoppedAtMs !== undefined && (await findMissing(reader));
      readsWithoutNews = foundNew || foundMissing ? 0 : readsWithoutNews + 1;
      if (readsWithoutNews === 0) lastNewAtMs = clock.now();
      waitMs = pace.pollMs;
      readSomething = true;
    } catch (error) {
      if (isFinal(error)) {
        sink.trouble(`The log cannot be read, so only the exit code will tell: ${messageOf(error)}`);
        return 'unreadable';
      }
      // While the task runs an expired login is told by the watch over it; the position stays good.
      const expired = error instanceof AwsError && error.kind === 'credentials';
      if (expired && stoppedAtMs !== undefined && !loginSaid) {
        sink.trouble(
          `The rest of the log cannot be read, trying again: ${error.message} ${error.hint ?? ''}`.trimEnd(),
        );
        loginSaid = true;
      }
      if (!isPassing(error) && !expired) reader.restart();
      if (!troubleSaid && !expired)
        sink.trouble(`The log cannot be read at the moment, trying again: ${messageOf(error)}`);
      troubleSaid ||= !expired;
      waitMs = Math.min(waitMs * 2, pace.pollMs * 10);
    }
    if (stoppedAtMs !== undefined) {
      const now = clock.now();
      const end = drainEnd({
        proof: reader.proof(),
        isQuiet: readSomething && readsWithoutNews >= quietReads,
        withoutNewsMs: now - Math.max(stoppedAtMs, lastNewAtMs),
        drainedForMs: now - stoppedAtMs,
        quietMs: pace.quietMs,
      });
      // What could not be read for so long cannot be read again from its head either.
      if (end === 'gave-up' && !readSomething) return 'gave-up';
      if (end) return settle(reader, loop, end);
    }
    await clock.sleep(
      pauseMs(stoppedAtMs === undefined ? undefined : reader.proof(), waitMs, pace),
      stoppedAtMs === undefined ? eitherOf(signals) : signals.abandoned,
    );
  }
  return 'gave-up';
}

/** Whether the log of a stopped container is over; `undefined` means go on reading. Pure. */
export function drainEnd(state: {
  readonly proof: Proof;
  /** The last reads worked, and found nothing. */
  readonly isQuiet: boolean;
  readonly withoutNewsMs: number;
  readonly drainedForMs: number;
  readonly quietMs: number;
}): 'over' | 'quiet' | 'gave-up' | undefined {
  if (state.proof === 'complete' || state.proof === 'uncounted') return 'over';
  if (state.isQuiet && state.withoutNewsMs >= state.quietMs) return 'quiet';
  const isTooLong = state.withoutNewsMs >= drainLimitMs(state) || state.drainedForMs >= longestDrainMs(state);
  return isTooLong ? 'gave-up' : undefined;
}

/** While draining, look more often, for a person waits for the prompt; but reading everything again for a late line is dear. */
function pauseMs(draining: Proof | undefined, waitMs: number, { pollMs }: Pace): number {
  if (draining === undefined) return waitMs;
  return draining === 'incomplete' ? Math.max(waitMs, pollMs * 2) : Math.min(waitMs, Math.max(pollMs / 2, 50));
}

/** Lines that the end marker counts and that are not here stand behind a position that was read already, or will. */
async function findMissing(reader: LogReader): Promise<boolean> {
  if (reader.proof() !== 'incomplete') return false;
  reader.restart();
  return reader.readOn('late');
}

/** The end of the reading: proven as it is, or after a second reading, since lines may be stored behind a read position. */
async function settle(reader: LogReader, loop: Loop, end: 'over' | 'quiet' | 'gave-up'): Promise<LogEnd> {
  if (reader.proof() === 'complete') return 'end-marker';
  const readAgain = await reconcile(reader, loop);
  switch (reader.proof()) {
    case 'complete':
      return 'end-marker';
    case 'uncounted':
      return readAgain ? 'uncounted' : 'gave-up';
    case 'incomplete':
      loop.sink.trouble(`Of the lines that the container printed, ${reader.missing()} never came.`);
      return 'incomplete';
    case 'no-end':
      return end === 'quiet' && readAgain ? 'quiet' : 'gave-up';
  }
}

/** Reads everything a second time; whether that was possible. */
async function reconcile(reader: LogReader, { sink, signals, clock, pace }: Loop): Promise<boolean> {
  const startedAtMs = clock.now();
  let reads = 0;
  reader.restart();
  while (!signals.abandoned.aborted) {
    try {
      await reader.readOn('late');
      reads += 1;
      if (reader.hasCaughtUp() || reads >= quietReads) return !signals.abandoned.aborted;
      await clock.sleep(pace.pollMs, signals.abandoned);
    } catch (error) {
      if (isFinal(error) || clock.now() - startedAtMs > reconciliationLimitMs) {
        sink.trouble(`The log could not be read a second time for late lines: ${messageOf(error)}`);
        return false;
      }
      // A token may have been refused in the middle; a passing trouble goes on where it was.
      if (!isPassing(error)) reader.restart();
      await clock.sleep(pace.pollMs * 2, signals.abandoned);
    }
  }
  return false;
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
