import { styleText } from 'node:util';

import { eventText, type EventText } from '../contract/event-text.ts';
import type { RunEventBody } from '../contract/run-events.ts';
import { visibleText } from '../contract/visible-text.ts';
import type { Output } from './output.ts';

export interface OutputStreams {
  readonly writeOut: (line: string) => void;
  readonly writeErr: (line: string) => void;
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

/** The output of a run: events as text on stderr or as NDJSON on stdout, answers on stdout. */
export function createOutput(
  streams: OutputStreams,
  mode: OutputMode,
  { runId, now }: { runId: string; now: () => Date },
): Output {
  const say = (event: RunEventBody): void => {
    const shown = isWanted(event, mode) ? eventText(event) : undefined;
    if (shown) streams.writeErr(painted({ ...shown, text: visibleText(shown.text) }, mode.colour));
  };
  return {
    emit: (event) => {
      if (mode.events !== 'text') streams.writeOut(JSON.stringify({ time: now().toISOString(), runId, ...event }));
      if (mode.events === 'text' || (mode.events === 'json-and-errors' && isError(event))) say(event);
    },
    answer: ({ text, document }) => {
      if (mode.documents) streams.writeOut(JSON.stringify({ version: 1, ...document }));
      else if (text !== '') streams.writeOut(visibleText(text));
    },
    remark: (text) => {
      if (!mode.quiet) streams.writeErr(text);
    },
  };
}

function isWanted(event: RunEventBody, { quiet, verbose }: OutputMode): boolean {
  if (quiet) return isError(event);
  return verbose || event.event !== 'notice' || event.severity === 'WARNING';
}

function isError(event: RunEventBody): boolean {
  return event.event === 'revision.failed' || (event.event === 'message' && event.level === 'error');
}

function painted({ text, tone }: EventText, colour: boolean): string {
  if (!colour || tone === 'plain') return text;
  const format = { dim: 'dim', good: 'green', warning: 'yellow', bad: 'red' } as const;
  return styleText(format[tone], text, { validateStream: false });
}
