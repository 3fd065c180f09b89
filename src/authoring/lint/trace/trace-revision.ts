import type { Session } from '../../../runner/database/connection/session.ts';
import { isServerError } from '../../../runner/database/connection/database-error.ts';
import { isAtLeast, type LockEffect } from '../finding.ts';
import type { JudgedSection } from '../judge-statements.ts';
import type { ParsedStatement } from '../parse-statements.ts';
import { refusedInTransaction } from '../transaction-facts.ts';
import { observe } from './observe.ts';

/** What the scratch server did when it ran a revision. */
export interface Trace {
  /** By number of the statement; absent where it could not be watched (what runs CONCURRENTLY holds nothing at its end). */
  readonly locks: ReadonlyMap<number, readonly LockEffect[]>;
  readonly failure: TraceFailure | undefined;
}

export interface TraceFailure {
  readonly statement: ParsedStatement;
  readonly message: string;
  /** Place in the statement, as the server counts: characters from 1. */
  readonly position: number | undefined;
}

/**
 * Runs the statements as the runner would, one transaction for all or each alone, and watches what they do to relations that
 * were there before. What needs data (COPY, batches) is left out.
 */
export async function traceRevision(session: Session, { statements, transactional }: JudgedSection): Promise<Trace> {
  const locks = new Map<number, readonly LockEffect[]>();
  const runnable = statements.filter(({ node, isBatched }) => node && !('CopyStmt' in node) && !isBatched);
  const existing = await existingRelations(session);
  try {
    if (transactional) await traceTogether(session, runnable, locks);
    else
      for (const statement of runnable) {
        if (statement.node && refusedInTransaction(statement.node) !== undefined) await run(session, statement);
        else await traceTogether(session, [statement], locks);
      }
    return { locks: onlyOf(existing, locks), failure: undefined };
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    if (error instanceof TraceStopped) return { locks: onlyOf(existing, locks), failure: error.failure };
    throw error;
  } finally {
    await session.query('RESET SESSION AUTHORIZATION').catch(() => undefined);
    await session.query('RESET ALL').catch(() => undefined);
  }
}

async function traceTogether(
  session: Session,
  statements: readonly ParsedStatement[],
  locks: Map<number, readonly LockEffect[]>,
): Promise<void> {
  await session.query('BEGIN');
  const observer = await observe(session);
  try {
    for (const statement of statements) {
      await run(session, statement);
      locks.set(statement.number, await observer.look(statement.node));
    }
    await session.query('COMMIT');
  } finally {
    observer.stop();
  }
}

class TraceStopped extends Error {
  override readonly name = 'TraceStopped';
  readonly failure: TraceFailure;

  constructor(failure: TraceFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

async function run(session: Session, statement: ParsedStatement): Promise<void> {
  try {
    await session.query(statement.text);
  } catch (error) {
    if (!isServerError(error)) throw error;
    const position = error.position === undefined ? undefined : Number(error.position);
    throw new TraceStopped({ statement, message: error.message, position });
  }
}

async function existingRelations(session: Session): Promise<ReadonlySet<string>> {
  const { rows } = await session.query<{ relation: string }>(
    `SELECT n.nspname || '.' || c.relname AS relation FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`,
  );
  return new Set(rows.map(({ relation }) => relation));
}

/** In a revision without a transaction each statement is watched alone, and finds what the ones before it made. */
function onlyOf(
  existing: ReadonlySet<string>,
  locks: ReadonlyMap<number, readonly LockEffect[]>,
): ReadonlyMap<number, readonly LockEffect[]> {
  return new Map(
    [...locks].map(([number, effects]) => [
      number,
      effects.filter(({ relation, mode }) => existing.has(relation) && isAtLeast(mode, 'SHARE UPDATE EXCLUSIVE')),
    ]),
  );
}
