import { formatDuration } from '../contract/duration.ts';
import { createEventRenderer, revisions } from '../contract/event-lines.ts';
import { createPaint, type Paint } from '../contract/paint.ts';
import type { RunEventBody } from '../contract/run-events.ts';
import { visibleText } from '../contract/visible-text.ts';
import { documentVersion } from './documents/version.ts';
import type { Output } from './output.ts';
import { shortenedEvent } from './shortened-event.ts';

export interface OutputStreams {
  readonly writeOut: (line: string) => void;
  readonly writeErr: (line: string) => void;
}

/** What this process has printed; one for all its outputs. */
export interface PrintedSoFar {
  /** On both streams, whoever wrote them. */
  readonly lines: () => number;
  events: number;
}

export interface OutputMode {
  /** Events as NDJSON on stdout; with `--json` outside a container, errors as text on stderr as well. */
  readonly events: 'text' | 'json' | 'json-and-errors';
  /** Answers as one JSON document. */
  readonly documents: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly colour: boolean;
}

/** A slow revision is announced when it has run for this long; a quick one needs only its result. */
const announceAfterMs = 500;

/** The output of a run: events as text on stderr or as NDJSON on stdout, answers on stdout. */
export function createOutput(
  { writeOut, writeErr }: OutputStreams,
  mode: OutputMode,
  { runId, now, printed }: { readonly runId: string; readonly now: () => Date; readonly printed: PrintedSoFar },
): Output {
  const paint = createPaint(mode.colour ? 'on' : 'off');
  const renderer = createEventRenderer(paint);
  const writeLines = (lines: readonly string[]): void => lines.forEach(writeErr);
  const writeDocument = (document: object): void => writeOut(JSON.stringify({ version: documentVersion, ...document }));
  let announcement: NodeJS.Timeout | undefined;
  const say = (event: RunEventBody): void => {
    if (!isWanted(event, mode) && (event.event === 'notice' || isOfNoUse(event, mode))) return;
    clearTimeout(announcement);
    const lines = event.event === 'run.finished' ? finishedLines(event, paint) : renderer.lines(event);
    if (isWanted(event, mode)) writeLines(lines);
    if (event.event === 'revision.started' && !mode.quiet)
      announcement = setTimeout(() => writeLines(renderer.pause()), announceAfterMs);
  };
  return {
    emit: (whole) => {
      const event = shortenedEvent(whole);
      if (mode.events !== 'text') {
        printed.events += 1;
        writeOut(JSON.stringify({ time: now().toISOString(), runId, ...withCount(event, printed) }));
      }
      if (mode.events === 'text' || (mode.events === 'json-and-errors' && isError(event))) say(event);
    },
    answer: ({ text, document }) => {
      if (mode.documents) writeDocument(document);
      else if (text !== '') writeOut(visibleText(text));
    },
    refuse: ({ code, exitCode, message, hint }) => {
      if (mode.documents) writeDocument({ error: { code, exitCode, message, hint: hint ?? null } });
    },
  };
}

/** Whether what is not wanted need not even be put into words: a failure names where its revision stands among all. */
function isOfNoUse(event: RunEventBody, { quiet }: OutputMode): boolean {
  return quiet && event.event !== 'revision.started';
}

/** The last event carries the count, so that who reads the log knows whether all of it came. */
function withCount(event: RunEventBody, { lines, events }: PrintedSoFar): RunEventBody {
  return event.event === 'run.finished' ? { ...event, printed: { lines: lines() + 1, events } } : event;
}

function isWanted(event: RunEventBody, { quiet, verbose }: OutputMode): boolean {
  if (quiet) return isError(event);
  return verbose || event.event !== 'notice' || event.severity === 'WARNING';
}

function isError(event: RunEventBody): boolean {
  return event.event === 'revision.failed' || (event.event === 'message' && event.level === 'error');
}

/** One line that sums the run up; none when it did what a line before said already. */
function finishedLines(event: Extract<RunEventBody, { event: 'run.finished' }>, paint: Paint): readonly string[] {
  const changes = [
    ...(event.applied.length > 0 ? [`${revisions(event.applied.length)} applied`] : []),
    ...(event.reverted.length > 0 ? [`${revisions(event.reverted.length)} reverted`] : []),
  ].join(', ');
  const at = event.recordRead === false ? '' : `; the database is at ${event.current ?? 'base'}`;
  if (event.outcome === 'succeeded')
    return changes === '' ? [] : [paint.good(`done: ${changes} in ${formatDuration(event.durationMs)}${at}`)];
  const left = event.pending.length === 0 ? '' : `, ${event.pending.length} pending`;
  const before = changes === '' ? 'nothing was changed' : `${changes} before that`;
  return [paint.bad(`${event.outcome}: ${before}${at}${left}`)];
}
