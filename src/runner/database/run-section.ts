import { createHash } from 'node:crypto';

import type { SqlSection } from '../files/parse-sql-revision.ts';
import { journalFinish, journalStart, readJournal, type JournalEntry } from './journal.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from './session.ts';

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

  constructor(cause: unknown, place: { offset: number; sent: string; statement: number; statements: number }) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.offset = place.offset;
    this.sent = place.sent;
    this.statement = place.statement;
    this.statements = place.statements;
  }
}

/** The journal and the file tell different stories of the statements that already ran. */
export class JournalMismatch extends Error {
  override readonly name = 'JournalMismatch';
  readonly statement: number;

  constructor(statement: number) {
    super(`statement ${statement} was edited after it had run`);
    this.statement = statement;
  }
}

/**
 * Sends the whole section as one simple query, as `psql -c` would, inside the transaction that is open.
 * @throws StatementFailure; the failing statement is known even when the server gives no position, since every statement
 * before it was answered with CommandComplete.
 */
export async function runSection(session: Session, section: SqlSection): Promise<void> {
  let completed = 0;
  const count = (): void => {
    completed += 1;
  };
  const { connection } = session as unknown as { connection: NodeJS.EventEmitter };
  connection.on('commandComplete', count);
  try {
    await session.query(section.text);
  } catch (error) {
    const { statements, text } = section;
    const failed = statements[Math.min(completed, statements.length - 1)];
    const hasPosition = error instanceof Error && 'position' in error && error.position !== undefined;
    throw new StatementFailure(error, {
      // The server counts positions from the start of all that was sent; without one, the statement's start must do.
      offset: hasPosition ? 0 : (failed?.offset ?? 0),
      sent: text,
      statement: Math.min(completed + 1, statements.length),
      statements: statements.length,
    });
  } finally {
    connection.off('commandComplete', count);
  }
}

interface JournalledRun {
  readonly schema: string;
  readonly place: { readonly revision: string; readonly direction: 'up' | 'down' };
  readonly revision: RunnableRevision;
  readonly options: RevisionRun;
  /** Runs a script revision, which counts as one statement. */
  readonly runBody: () => Promise<void>;
}

/**
 * Runs the statements one by one, each its own transaction, journalled before and after; goes on behind the last one that
 * an earlier run finished.
 * @throws StatementFailure, JournalMismatch when a finished statement reads differently now.
 */
export async function runStatementsWithJournal(
  session: Session,
  { schema, place, revision, options, runBody }: JournalledRun,
): Promise<void> {
  const { work, checksum } = revision;
  const units =
    work.kind === 'sql'
      ? work.section.statements.map(({ text, offset }) => ({
          text,
          offset,
          checksum: sha256(text),
          run: () => session.query(text),
        }))
      : [{ text: revision.text, offset: 0, checksum, run: runBody }];
  const journal = await readJournal(session, schema, place.revision, place.direction);
  const finished = finishedStatements(journal, units);
  if (finished > 0) {
    const text = `Revision ${revision.name} goes on at statement ${finished + 1} of ${units.length}: an earlier run finished the ones before.`;
    options.emit({ event: 'message', level: 'info', text });
  }
  for (const [index, unit] of units.entries()) {
    const statement = index + 1;
    if (statement <= finished) continue;
    options.signal.throwIfAborted();
    options.emit({ event: 'statement.progress', revision: revision.id, statement, statements: units.length });
    await journalStart(session, schema, { ...place, statement }, unit.checksum);
    try {
      await unit.run();
    } catch (error) {
      throw new StatementFailure(error, { offset: unit.offset, sent: unit.text, statement, statements: units.length });
    }
    await journalFinish(session, schema, { ...place, statement });
  }
}

function finishedStatements(journal: readonly JournalEntry[], units: readonly { readonly checksum: string }[]): number {
  let finished = 0;
  for (const entry of journal) {
    if (!entry.finished) break;
    if (units[entry.statement - 1]?.checksum !== entry.checksum) throw new JournalMismatch(entry.statement);
    finished = entry.statement;
  }
  return finished;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
