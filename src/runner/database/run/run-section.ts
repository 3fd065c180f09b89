import { createHash } from 'node:crypto';

import type { BatchMarker } from '../../files/batch-marker.ts';
import type { SqlSection } from '../../files/parse-sql-revision.ts';
import { createPiecePlanner, type Piece } from '../../files/piece.ts';
import type { Statement } from '../../files/split-statements.ts';
import type { StatementSpan } from '../../files/statement-reader.ts';
import { isServerError } from '../connection/database-error.ts';
import type { JournalledUnit } from './journalled-run.ts';
import { payloadOf, sendQuery } from '../connection/send-query.ts';
import type { Session } from '../connection/session.ts';
import { copyLineOf, StatementFailure } from './statement-failure.ts';

/**
 * Sends the section inside the transaction that is open: as one simple query, as `psql -c` would, but for the COPY statements
 * with data, which go alone.
 * @throws StatementFailure
 */
export async function runSection(
  session: Session,
  { text, statements }: SqlSection,
  onStatement: OnStatement,
): Promise<void> {
  const planner = createPiecePlanner(Number.POSITIVE_INFINITY);
  for (const statement of statements) planner.add(spanOf(statement));
  for (const piece of planner.pieces()) await sendPiece(session, text, { piece, statements, onStatement });
}

/** The statements of the section, one by one. */
export function sectionUnits(
  session: Session,
  { text, statements }: SqlSection,
  { onStatement, runBatched }: { readonly onStatement: OnStatement; readonly runBatched: RunBatched },
): readonly JournalledUnit[] {
  return statements.map((statement, index) => {
    const span = spanOf(statement);
    const { batch } = statement;
    if (batch) {
      const checksum = createHash('sha256').update(statement.text).digest('hex');
      const at = { statement: index + 1, statements: statements.length, checksum };
      return { text: statement.text, checksum, isBatched: true, run: () => runBatched({ ...statement, batch }, at) };
    }
    const piece = { ...span, statements: 1, firstStatement: index + 1 };
    const source = text.slice(span.offset, span.copyData?.end ?? span.end);
    return {
      text: statement.text,
      checksum: createHash('sha256').update(source).digest('hex'),
      run: () => sendPiece(session, text, { piece, statements, onStatement }),
    };
  });
}

/** Runs a statement under a `-- migrate:batch` marker. @throws StatementFailure */
export type RunBatched = (
  statement: Statement & { readonly batch: BatchMarker },
  at: { readonly statement: number; readonly statements: number; readonly checksum: string },
) => Promise<void>;

/** Told which statement, from 1, the server works on now. */
export type OnStatement = (statement: number) => void;

interface SentPiece {
  readonly piece: Piece;
  readonly onStatement: OnStatement;
  /** All statements of the section. */
  readonly statements: readonly Statement[];
}

/** @throws StatementFailure with the place in the section's text. */
async function sendPiece(session: Session, text: string, { piece, statements, onStatement }: SentPiece): Promise<void> {
  const { offset, end, copyData, firstStatement } = piece;
  const sent = text.slice(offset, end);
  const data = copyData && text.slice(copyData.offset, copyData.end);
  // Every statement before the one that fails is answered with CommandComplete.
  let completed = 0;
  onStatement(firstStatement);
  try {
    await sendQuery(session, {
      text: sent,
      ...(data === undefined ? {} : { copyData: payloadOf(data) }),
      onStatementDone: () => {
        completed += 1;
        if (completed < piece.statements) onStatement(firstStatement + completed);
      },
    });
  } catch (error) {
    const statement = Math.min(firstStatement + completed, statements.length);
    const row = copyLineOf(error);
    const hasPosition = isServerError(error) && error.position !== undefined;
    // A position counts from the start of what was sent; without one, the row or the statement's start must do.
    const start = hasPosition ? offset : (statements[statement - 1]?.offset ?? offset);
    const failedAt = copyData && row !== undefined ? startOfLine(text, copyData.offset, row) : start;
    throw new StatementFailure(error, { offset: failedAt, sent, statement, statements: statements.length });
  }
}

/** Offset of the line, counted from 1 at `from`. */
function startOfLine(text: string, from: number, line: number): number {
  let start = from;
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1;
  return start;
}

function spanOf({ offset, text, copyData }: Statement): Pick<StatementSpan, 'offset' | 'end' | 'copyData'> {
  return { offset, end: offset + text.length, ...(copyData && { copyData }) };
}
