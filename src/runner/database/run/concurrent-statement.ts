import { invalidIndexOf, isDropped, reindexed, withoutComments } from './invalid-index.ts';
import type { JournalPlace } from '../record/journal.ts';
import { readOwnIndexes } from './own-indexes.ts';
import type { Session } from '../connection/session.ts';

const concurrent =
  /^(?:CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX\b[\s\S]{0,80}?|ALTER\s+TABLE\b[\s\S]{0,300}?DETACH\s+PARTITION\b[\s\S]{0,200}?)\s+CONCURRENTLY\b/i;

/** Whether the statement does its work CONCURRENTLY: in several transactions, waiting for others between them. */
export function isConcurrent(statement: string): boolean {
  return concurrent.test(withoutComments(statement)) || reindexed(statement) !== undefined;
}

/**
 * What is left of an earlier try whose end the journal does not know: nothing; INVALID indexes, which were removed; or all
 * that it was to do.
 */
export type EarlierTry = 'none' | 'removed' | 'done';

export interface ConcurrentRun {
  readonly text: string;
  readonly run: () => Promise<void>;
  readonly say: (text: string) => void;
}

/**
 * Clears up after an earlier try of the statement: removes the INVALID indexes that it left, which IF NOT EXISTS would take for
 * the wanted one. Called before the journal notes that the statement starts again, since that note tells what came after it.
 */
export async function clearEarlierTry(
  session: Session,
  { text, say }: ConcurrentRun,
  started: { readonly schema: string; readonly at: JournalPlace; readonly isEdited: boolean },
): Promise<EarlierTry> {
  const own = await readOwnIndexes(session, text, started);
  const invalid = own.filter(({ isValid }) => !isValid);
  if (invalid.length > 0) await session.query('SET lock_timeout = 0');
  for (const { name } of invalid) {
    await session.query(`DROP INDEX CONCURRENTLY ${name}`);
    say(`The INVALID index ${name} of an earlier try was dropped; it is built again.`);
  }
  if (invalid.length > 0) return 'removed';
  const isDone = !started.isEdited && (own.length > 0 || (await isDropped(session, text)));
  return isDone ? 'done' : 'none';
}

/**
 * Runs a CONCURRENTLY statement without lock_timeout, which would stop its waits for old transactions and leave an INVALID
 * index; leaves alone what an earlier try finished, and believes the result only when the index is valid.
 * @throws what the statement throws, and an Error when the index that it names is INVALID afterwards.
 */
export async function runConcurrent(
  session: Session,
  { text, run, say }: ConcurrentRun,
  earlierTry: EarlierTry,
): Promise<void> {
  await session.query('SET lock_timeout = 0');
  if (earlierTry === 'done') say('An earlier run finished this statement before its connection broke.');
  else await run();
  const invalid = await invalidIndexOf(session, text);
  if (invalid !== undefined)
    throw new Error(
      `the index ${invalid} is there but INVALID (an earlier build failed): DROP INDEX CONCURRENTLY ${invalid}`,
    );
  await session.query('RESET lock_timeout');
}
