import { rowsText } from '../backfill/batch-pace.ts';
import { readUnfinishedBackfills } from '../backfill/checkpoint.ts';
import { readUnfinished, type UnfinishedRun } from './journal.ts';
import type { Session } from '../connection/session.ts';

/** A non-transactional revision that stopped half-way, with how far its backfills have come. */
export interface HalfwayRun extends UnfinishedRun {
  /** `backfill of accounts: 1,200 of about 50,000 rows`; none where it has none. */
  readonly backfills?: readonly string[];
  /** Whether anything of it has taken effect for certain. */
  readonly hasBegun?: boolean;
}

/** What stopped half-way; none when there is no record. Creates nothing. */
export async function readHalfway(session: Session, schema: string): Promise<readonly HalfwayRun[]> {
  const runs = await readUnfinished(session, schema);
  const all = runs.length === 0 ? [] : await readUnfinishedBackfills(session, schema);
  return runs.map((run) => {
    const own = all.filter(({ revision, direction }) => revision === run.revision && direction === run.direction);
    return {
      ...run,
      backfills: own.map((backfill) => `backfill of ${backfill.name}: ${rowsText(backfill)}`),
      hasBegun: run.finished > 0 || own.some(({ rows }) => rows > 0),
    };
  });
}

/** `up, 2 statements finished, backfill of accounts: 1,200 of about 50,000 rows`. */
export function halfwayText({ direction, finished, backfills = [] }: HalfwayRun): string {
  return [direction, `${finished} statement${finished === 1 ? '' : 's'} finished`, ...backfills].join(', ');
}
