import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { Session } from '../../runner/database/connection/session.ts';
import { isServerError } from '../../runner/database/connection/database-error.ts';
import { excerptAt, offsetOfServerPosition, positionAt } from '../../runner/files/source-position.ts';
import { scratchHint } from '../scratch/scratch-hint.ts';

/** A text of DDL that tells a part of the desired schema. */
export interface SchemaText {
  /** For messages: a path, or the command that printed it. */
  readonly name: string;
  readonly text: string;
}

/**
 * Makes the desired schema in an empty scratch database. The order of the texts does not matter: one that fails because
 * another must come first is tried again after it; each runs in one transaction.
 * @throws AppError `schema-invalid` (2) with file, line and column.
 */
export async function loadSchema(session: Session, texts: readonly SchemaText[]): Promise<void> {
  let left = texts;
  while (left.length > 0) {
    const failures: { readonly source: SchemaText; readonly error: unknown }[] = [];
    for (const source of left) {
      try {
        await session.query('BEGIN');
        await session.query(source.text);
        await session.query('COMMIT');
      } catch (error) {
        if (!isServerError(error)) throw error;
        await session.query('ROLLBACK');
        failures.push({ source, error });
      }
      // What a text sets for its session must not reach the next one.
      await session.query('RESET ALL');
    }
    const [first] = failures;
    if (first !== undefined && failures.length === left.length) throw describe(failures, first);
    left = failures.map(({ source }) => source);
  }
}

function describe(
  failures: readonly { readonly source: SchemaText; readonly error: unknown }[],
  first: { readonly source: SchemaText; readonly error: unknown },
): AppError {
  // A syntax error is the cause; "does not exist" is often only what follows from it.
  const worst = failures.find(({ error }) => isServerError(error) && error.code === '42601') ?? first;
  const { source, error } = worst;
  if (!isServerError(error)) throw error;
  const { place, excerpt } = placeOf(source.text, error.position);
  const detail = [error.detail, error.where].filter(Boolean).join('\n');
  return new AppError({
    code: 'schema-invalid',
    exitCode: exitCodes.usage,
    message: `${source.name}${place}: ${error.message} (SQLSTATE ${error.code}).${detail === '' ? '' : `\n${detail}`}${excerpt}`,
    hint:
      scratchHint(error.message) ??
      `${error.hint === undefined ? '' : `${error.hint} `}Mend the desired schema and run this again; nothing was written.`,
    cause: error,
  });
}

function placeOf(
  text: string,
  serverPosition: string | undefined,
): { readonly place: string; readonly excerpt: string } {
  if (serverPosition === undefined) return { place: '', excerpt: '' };
  const position = positionAt(text, offsetOfServerPosition(text, Number(serverPosition)));
  return { place: `:${position.line}:${position.column}`, excerpt: `\n${excerptAt(text, position)}` };
}
