import { dropInvalidIndex, invalidIndexOf, isAlreadyDone, withoutComments } from './invalid-index.ts';
import type { Session } from './session.ts';

const concurrent =
  /^(?:CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX\b[\s\S]{0,80}?|ALTER\s+TABLE\b[\s\S]{0,300}?DETACH\s+PARTITION\b[\s\S]{0,200}?)\s+CONCURRENTLY\b/i;

/** Whether the statement does its work CONCURRENTLY: in several transactions, waiting for others between them. */
export function isConcurrent(statement: string): boolean {
  return concurrent.test(withoutComments(statement));
}

/** What the journal knows of an earlier try whose end it does not know: of the same statement, or of one that was edited since. */
export type EarlierTry = 'none' | 'same' | 'edited';

export interface ConcurrentRun {
  readonly text: string;
  readonly run: () => Promise<void>;
  readonly earlierTry: EarlierTry;
  readonly say: (text: string) => void;
}

/**
 * Runs a CONCURRENTLY statement without lock_timeout, which would stop its waits for old transactions and leave an INVALID
 * index; removes the INVALID index of an earlier try first, leaves alone what that try finished, and believes the result only
 * when the index is valid.
 * @throws what the statement throws, and an Error when the index that it names is INVALID afterwards.
 */
export async function runConcurrent(session: Session, { text, run, earlierTry, say }: ConcurrentRun): Promise<void> {
  await session.query('SET lock_timeout = 0');
  const dropped = earlierTry === 'none' ? undefined : await dropInvalidIndex(session, text);
  if (dropped !== undefined) say(`The INVALID index ${dropped} of an earlier try was dropped; it is built again.`);
  const isDone = earlierTry === 'same' && dropped === undefined && (await isAlreadyDone(session, text));
  if (isDone) say('An earlier run finished this statement before its connection broke.');
  else await run();
  const invalid = await invalidIndexOf(session, text);
  if (invalid !== undefined)
    throw new Error(
      `the index ${invalid} is there but INVALID (an earlier build failed): DROP INDEX CONCURRENTLY ${invalid}`,
    );
  await session.query('RESET lock_timeout');
}
