import { excerptAt, positionAt } from '../files/source-position.ts';
import { isConcurrent, runConcurrent } from './concurrent-statement.ts';
import {
  isJournalled,
  journalFinish,
  journalStart,
  readJournal,
  type Direction,
  type JournalEntry,
} from './journal.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from './session.ts';
import { StatementFailure } from './statement-failure.ts';

/** What the journal counts as one: a statement, or a whole script. */
export interface JournalledUnit {
  /** The statement; of a very long one the beginning. */
  readonly text: string;
  /** sha256 of all that it is, the data of a COPY included. */
  readonly checksum: string;
  /** @throws StatementFailure */
  readonly run: () => Promise<void>;
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

export interface JournalledRun {
  readonly schema: string;
  readonly revision: RunnableRevision;
  readonly units: Iterable<JournalledUnit> | AsyncIterable<JournalledUnit>;
  /** How many units there are. */
  readonly count: number;
  readonly options: RevisionRun;
}

/**
 * Runs the statements one by one, each its own transaction, journalled before and after; goes on behind the last one that
 * an earlier run finished.
 * @throws StatementFailure, JournalMismatch when a finished statement reads differently now.
 */
export async function runWithJournal(
  session: Session,
  { schema, revision, units, count, options }: JournalledRun,
): Promise<void> {
  const place = { revision: revision.id, direction: revision.direction };
  const finished = finishedEntries(session, schema, place);
  let entry = (await finished.next()).value;
  let statement = 0;
  let wentOn = entry === undefined;
  for await (const unit of units) {
    statement += 1;
    if (entry) {
      if (entry.statement !== statement || entry.checksum !== unit.checksum) throw new JournalMismatch(entry.statement);
      // The session that it was set for is gone: settings are no effect that stays.
      if (isSessionSetting(unit.text)) await unit.run();
      entry = (await finished.next()).value;
      continue;
    }
    if (!wentOn) sayWhereItGoesOn(statement, count, { revision, options });
    wentOn = true;
    options.signal.throwIfAborted();
    options.emit({ event: 'statement.progress', revision: revision.id, statement, statements: count });
    const startedBefore = isConcurrent(unit.text) && (await isJournalled(session, schema, { ...place, statement }));
    await journalStart(session, schema, { ...place, statement }, unit.checksum);
    await runUnit(session, unit, { statement, count, startedBefore, revision, options });
    await journalFinish(session, schema, { ...place, statement });
  }
  if (entry) throw new JournalMismatch(entry.statement);
}

/** `SET search_path = …` and its kin, which last as long as the session. */
function isSessionSetting(statement: string): boolean {
  return /^(?:SET|RESET)\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)/i.test(statement);
}

interface UnitRun {
  readonly statement: number;
  readonly count: number;
  readonly startedBefore: boolean;
  readonly revision: RunnableRevision;
  readonly options: RevisionRun;
}

async function runUnit(
  session: Session,
  { text, run }: JournalledUnit,
  { statement, count, startedBefore, revision, options }: UnitRun,
): Promise<void> {
  if (!isConcurrent(text)) return run();
  const say = (said: string): void => options.emit({ event: 'message', level: 'info', text: said });
  try {
    await runConcurrent(session, { text, run, startedBefore, say });
  } catch (error) {
    if (error instanceof StatementFailure) throw error;
    const position = positionAt(revision.text, Math.max(0, revision.text.indexOf(text)));
    const place = { ...position, excerpt: excerptAt(revision.text, position) };
    throw new StatementFailure(error, { offset: 0, sent: text, statement, statements: count, place });
  }
}

interface Place {
  readonly revision: string;
  readonly direction: Direction;
}

/** The statements that an earlier run finished, in their order; read in parts, since a large file has many. */
async function* finishedEntries(
  session: Session,
  schema: string,
  place: Place,
): AsyncGenerator<JournalEntry, undefined> {
  for (let after = 0; ;) {
    const entries = await readJournal(session, schema, { ...place, after });
    for (const entry of entries) {
      if (!entry.finished) return;
      yield entry;
      after = entry.statement;
    }
    if (entries.length === 0) return;
  }
}

function sayWhereItGoesOn(
  statement: number,
  count: number,
  { revision, options }: Pick<JournalledRun, 'revision' | 'options'>,
): void {
  const text = `Revision ${revision.name} goes on at statement ${statement} of ${count}: an earlier run finished the ones before.`;
  options.emit({ event: 'message', level: 'info', text });
}
