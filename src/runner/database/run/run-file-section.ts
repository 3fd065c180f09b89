import { createHash } from 'node:crypto';

import { AppError } from '../../../contract/app-error.ts';
import type { FileSection } from '../../files/parse-sql-file.ts';
import type { Piece } from '../../files/piece.ts';
import { placeInFile } from '../../files/place-in-file.ts';
import { createSqlLexer } from '../../files/sql-lexer.ts';
import type { StatementSpan, TextSpan } from '../../files/statement-reader.ts';
import { openVerifiedFile, type VerifiedFile } from '../../files/verified-file.ts';
import { isServerError } from '../connection/database-error.ts';
import type { JournalledUnit } from './journalled-run.ts';
import type { OnStatement } from './run-section.ts';
import { sendQuery, type Payload } from '../connection/send-query.ts';
import type { Session } from '../connection/session.ts';
import { copyLineOf, StatementFailure } from './statement-failure.ts';

/**
 * Sends the section piece by piece from its file, inside the transaction that is open.
 * @throws StatementFailure; AppError `file-changed` when the file is not what was parsed, so that the transaction must not be
 * committed; the signal's reason between two pieces.
 */
export async function runFileSection(
  session: Session,
  section: FileSection,
  { signal, onStatement }: { readonly signal: AbortSignal; readonly onStatement: OnStatement },
): Promise<void> {
  const file = await openVerifiedFile(section.revision);
  try {
    for (const piece of section.pieces) {
      signal.throwIfAborted();
      await sendPiece(session, piece, { file, section, onStatement });
    }
    await file.verify();
  } finally {
    await file.close();
  }
}

/** The statements of the section, one by one, never more than a piece of them in memory. @throws AppError `file-changed` */
export async function* fileSectionUnits(
  session: Session,
  section: FileSection,
  onStatement: OnStatement,
): AsyncGenerator<JournalledUnit> {
  const file = await openVerifiedFile(section.revision);
  try {
    for (const piece of section.pieces) {
      const statements = piece.statements === 1 ? [piece] : await statementsOf(piece, file);
      for (const [index, { offset, end, copyData }] of statements.entries()) {
        const source = await digest(file.read({ offset, end: copyData?.end ?? end }));
        const firstStatement = piece.firstStatement + index;
        const statement = { offset, end, statements: 1, firstStatement, ...(copyData && { copyData }) };
        yield { ...source, run: () => sendPiece(session, statement, { file, section, onStatement }) };
      }
    }
    await file.verify();
  } finally {
    await file.close();
  }
}

interface PieceSource {
  readonly file: VerifiedFile;
  readonly section: FileSection;
  readonly onStatement: OnStatement;
}

/** @throws StatementFailure with its place in the file, AppError `file-changed`. */
async function sendPiece(session: Session, piece: Piece, { file, section, onStatement }: PieceSource): Promise<void> {
  const payload = (span: TextSpan): Payload => ({ length: span.end - span.offset, chunks: file.read(span) });
  let completed = 0;
  onStatement(piece.firstStatement);
  try {
    await sendQuery(session, {
      text: payload(piece),
      ...(piece.copyData && { copyData: payload(piece.copyData) }),
      onStatementDone: () => {
        completed += 1;
        if (completed < piece.statements) onStatement(piece.firstStatement + completed);
      },
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Text that was edited meanwhile makes errors which its author could not find in the file.
    if (isServerError(error)) await file.verify();
    throw new StatementFailure(error, {
      offset: 0,
      sent: '',
      statement: Math.min(piece.firstStatement + completed, section.statements),
      statements: section.statements,
      place: await placeInFile(section.revision.path, await failedAt(error, { piece, completed, file })),
    });
  }
}

interface Failed {
  readonly piece: Piece;
  /** Statements of the piece that were done. */
  readonly completed: number;
  readonly file: VerifiedFile;
}

async function failedAt(
  error: unknown,
  { piece, completed, file }: Failed,
): Promise<{ readonly offset: number; readonly characters?: number; readonly lines?: number }> {
  const { offset, copyData, statements } = piece;
  const row = copyLineOf(error);
  if (copyData && row !== undefined) return { offset: copyData.offset, lines: row - 1 };
  if (isServerError(error) && error.position !== undefined) return { offset, characters: Number(error.position) - 1 };
  if (statements === 1) return { offset };
  return { offset: (await statementsOf(piece, file))[completed]?.offset ?? offset };
}

/** Where the statements of a piece stand; a piece of several is short. */
async function statementsOf(piece: Piece, file: VerifiedFile): Promise<readonly StatementSpan[]> {
  const spans: StatementSpan[] = [];
  const lexer = createSqlLexer((span) => spans.push(span), piece.offset);
  for await (const bytes of file.read(piece)) lexer.read(Buffer.from(bytes).toString('latin1'));
  lexer.finish();
  return spans;
}

/** The beginning of a statement is enough to tell what it does. */
const longestHead = 2_048;

async function digest(parts: AsyncIterable<Uint8Array>): Promise<Pick<JournalledUnit, 'text' | 'checksum'>> {
  const hash = createHash('sha256');
  let text = '';
  for await (const part of parts) {
    hash.update(part);
    if (text === '') text = Buffer.from(part.subarray(0, longestHead)).toString();
  }
  return { text, checksum: hash.digest('hex') };
}
