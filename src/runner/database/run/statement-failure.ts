import type { SourcePlace } from '../../files/source-position.ts';
import { isServerError } from '../connection/database-error.ts';

interface FailedAt {
  readonly offset: number;
  readonly sent: string;
  readonly statement: number;
  readonly statements: number;
  readonly place?: SourcePlace;
  readonly left?: readonly string[];
}

/** A failed statement with the place it has in its section, for the message. */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure';
  /** UTF-16 offset in the section's text of what was sent. */
  readonly offset: number;
  /** The text that was sent: the server's position counts in it. */
  readonly sent: string;
  /** 1-based number of the statement, and of how many. */
  readonly statement: number;
  readonly statements: number;
  /** The place in the file, when it is known already; offset and text say nothing then. */
  readonly place: SourcePlace | undefined;
  /** INVALID indexes that the statement has left behind. */
  readonly left: readonly string[];

  constructor(cause: unknown, at: FailedAt) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.offset = at.offset;
    this.sent = at.sent;
    this.statement = at.statement;
    this.statements = at.statements;
    this.place = at.place;
    this.left = at.left ?? [];
  }
}

/** The server's or driver's own error inside ours. */
export function causeOfFailure(error: unknown): unknown {
  return error instanceof StatementFailure ? error.cause : error;
}

/** The line of its data, from 1, at which a COPY failed; the server tells it in the context of the error. */
export function copyLineOf(error: unknown): number | undefined {
  const line = isServerError(error) ? /^COPY .*, line (\d+)/m.exec(error.where ?? '')?.[1] : undefined;
  return line === undefined ? undefined : Number(line);
}
