import { findTarget } from './find-target.ts';
import { currentRevision, type AppliedRevision, type KnownRevision } from './record.ts';

/** How the record must change so that it says "upgraded to the target". */
export interface StampPlan<T extends KnownRevision> {
  readonly insert: readonly T[];
  readonly remove: readonly AppliedRevision[];
  /** Recorded with another text than the file has: the record takes the file's. */
  readonly correct: readonly T[];
}

/** @throws AppError of {@link findTarget}. */
export function planStamp<T extends KnownRevision>(
  target: string,
  known: readonly T[],
  applied: readonly AppliedRevision[],
): StampPlan<T> {
  const currentIndex = known.findIndex(({ id }) => id === currentRevision(applied)?.id) + 1;
  const wanted = known.slice(0, findTarget(target, { revisions: known, currentIndex }));
  const records = new Map(applied.map((row) => [row.id, row]));
  const wantedIds = new Set(wanted.map(({ id }) => id));
  return {
    insert: wanted.filter(({ id }) => !records.has(id)),
    remove: applied.filter(({ id }) => !wantedIds.has(id)),
    correct: wanted.filter(({ id, checksum }) => records.has(id) && records.get(id)?.checksum !== checksum),
  };
}
