import { excerptAt, positionAt, type SourcePlace } from '../../files/source-position.ts';
import { isServerError } from '../connection/database-error.ts';
import { clearEarlierTry, isConcurrent, runConcurrent, type EarlierTry } from './concurrent-statement.ts';
import { fitsInTransaction, withItsMark } from './marked-statement.ts';
import {
  journalFinish,
  journalForget,
  journalStart,
  readJournal,
  startedChecksum,
  type Direction,
  type JournalEntry,
  type JournalPlace,
} from '../record/journal.ts';
import { readOwnIndexes } from './own-indexes.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from '../connection/session.ts';
import { tellProgress } from './statement-progress.ts';
import { causeOfFailure, StatementFailure } from './statement-failure.ts';

/** What the journal counts as one: a statement, or a whole script. */
export interface JournalledUnit {
  /** The statement; of a very long one the beginning. */
  readonly text: string;
  /** sha256 of all that it is, the data of a COPY included. */
  readonly checksum: string;
  /** Whether it opens and commits transactions of its own. */
  readonly isBatched?: boolean;
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
  const progress = tellProgress(count, { revision: revision.id, ...options });
  try {
    for await (const unit of units) {
      statement += 1;
      if (entry) {
        if (entry.statement !== statement || entry.checksum !== unit.checksum)
          throw new JournalMismatch(entry.statement);
        // The session that it was set for is gone: settings are no effect that stays.
        if (isSessionSetting(unit.text)) await unit.run();
        entry = (await finished.next()).value;
        continue;
      }
      if (!wentOn) sayWhereItGoesOn(statement, count, { revision, options });
      wentOn = true;
      options.signal.throwIfAborted();
      progress.tell(statement);
      await runUnit(session, unit, { schema, at: { ...place, statement }, count, revision, options });
    }
    if (entry) throw new JournalMismatch(entry.statement);
  } finally {
    progress.stop();
  }
}

/** `SET search_path = …` and its kin, which last as long as the session. */
function isSessionSetting(statement: string): boolean {
  return /^(?:SET|RESET)\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)/i.test(statement);
}

interface UnitRun {
  readonly schema: string;
  readonly at: JournalPlace;
  readonly count: number;
  readonly revision: RunnableRevision;
  readonly options: RevisionRun;
}

/** Runs one statement between its two marks in the journal. */
async function runUnit(session: Session, unit: JournalledUnit, unitRun: UnitRun): Promise<void> {
  const { schema, at } = unitRun;
  const isAlone = unit.isBatched !== true && isConcurrent(unit.text);
  const started = isAlone ? await startedChecksum(session, schema, at) : undefined;
  const concurrent = { ...unit, say: sayOf(unitRun) };
  const earlierTry =
    started === undefined
      ? 'none'
      : await clearEarlierTry(session, concurrent, { schema, at, isEdited: started !== unit.checksum });
  await journalStart(session, schema, at, unit.checksum);
  const mark = (transaction: 'goes on' | 'ends'): Promise<void> => journalFinish(session, schema, at, transaction);
  if (isAlone) {
    await runAlone(session, unit, { ...unitRun, earlierTry, isFirst: started === undefined });
    await mark('goes on');
  } else if (unit.isBatched !== true && fitsInTransaction(unit.text)) {
    await withItsMark(session, { run: unit.run, mark });
  } else {
    await unit.run();
    await mark('goes on');
  }
}

interface AloneRun extends UnitRun {
  readonly earlierTry: EarlierTry;
  /** Whether no earlier run has started the statement. */
  readonly isFirst: boolean;
}

async function runAlone(session: Session, { text, run }: JournalledUnit, aloneRun: AloneRun): Promise<void> {
  const { schema, at, count, earlierTry, isFirst, revision } = aloneRun;
  try {
    await runConcurrent(session, { text, run, say: sayOf(aloneRun) }, earlierTry);
  } catch (error) {
    // A connection that is gone cannot tell, and the message is about the failure itself.
    const own = await readOwnIndexes(session, text, { schema, at }).catch(() => []);
    const left = own.filter(({ isValid }) => !isValid).map(({ name }) => name);
    // The server refused it for what somebody else had made or dropped: the next run must not take that for its own work.
    if (isFirst && isRefusedAtOnce(error)) await journalForget(session, schema, at);
    const place = error instanceof StatementFailure ? error.place : placeOf(text, revision.text);
    const failed = error instanceof StatementFailure ? error : { offset: 0, sent: text };
    const { offset, sent } = failed;
    throw new StatementFailure(causeOfFailure(error), {
      offset,
      sent,
      statement: at.statement,
      statements: count,
      ...(place && { place }),
      left,
    });
  }
}

function placeOf(statement: string, text: string): SourcePlace {
  const position = positionAt(text, Math.max(0, text.indexOf(statement)));
  return { ...position, excerpt: excerptAt(text, position) };
}

function sayOf({ options }: UnitRun): (text: string) => void {
  return (text) => options.emit({ event: 'message', level: 'info', text });
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

/** 42P07 duplicate_table, 42704 undefined_object: the index was, or was not, there before the statement did anything. */
function isRefusedAtOnce(error: unknown): boolean {
  const cause = error instanceof StatementFailure ? error.cause : error;
  return isServerError(cause) && (cause.code === '42P07' || cause.code === '42704');
}
