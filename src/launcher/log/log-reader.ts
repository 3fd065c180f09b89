import type { LogLine, LogPage } from '../aws/logs.ts';
import { createLogLedger } from './log-ledger.ts';
import { createLogProof, type Proof } from './log-proof.ts';

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

/** Reads one stream, as often as need be, and gives each of its lines to the sink once. */
export interface LogReader {
  /** Reads page after page until the token repeats; whether there was a new line. */
  readOn(order: 'in-order' | 'late'): Promise<boolean>;
  /** Begins again at the head; what was shown is not shown again. */
  restart(): void;
  /** Whether the reading since the last restart has come at least as far as the ones before. */
  hasCaughtUp(): boolean;
  proof(): Proof;
  missing(): number;
}

interface Reading {
  readonly source: LogSource;
  readonly sink: LogSink;
  readonly abandoned: AbortSignal;
}

/** An expired stream may hand out ever new tokens with empty pages (boto3 #4591); this many are a pause. */
const emptyPagesInARow = 20;

export function createLogReader({ source, sink, abandoned }: Reading): LogReader {
  const ledger = createLogLedger();
  const proof = createLogProof();
  let token: string | undefined;
  let endMarkerSeen = false;
  return {
    async readOn(order) {
      let foundNew = false;
      let emptyPages = 0;
      while (emptyPages < emptyPagesInARow && !abandoned.aborted) {
        const page = await source.readPage(token);
        if (!page || abandoned.aborted) break;
        const newLines = page.lines.filter((line) => ledger.isNew(line));
        for (const line of newLines) proof.see(line);
        if (!endMarkerSeen && proof.proof() !== 'no-end') {
          endMarkerSeen = true;
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
    hasCaughtUp: () => ledger.passIsWhole(),
    proof: () => proof.proof(),
    missing: () => proof.missing(),
  };
}
