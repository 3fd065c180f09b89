import { currentRevision, type AppliedRevision, type KnownRevision } from './record.ts';

/** A revision as the files and the record know it together. */
export interface ListedRevision extends KnownRevision {
  /** The one before it; `undefined` for the first. */
  readonly previous: string | undefined;
  readonly isHead: boolean;
  readonly record: AppliedRevision | undefined;
  /** The newest revision that was applied before this one although it stands behind it. */
  readonly lateAfter: string | undefined;
  /** Path of the file; `undefined` when only the record knows the revision. */
  readonly file: string | undefined;
}

/** Files and record as one list in the order of the revisions. */
export function listRevisions(
  known: readonly (KnownRevision & { readonly file: string })[],
  applied: readonly AppliedRevision[],
): readonly ListedRevision[] {
  const records = new Map(applied.map((row) => [row.id, row]));
  const fileless = applied.filter(({ id }) => !known.some((revision) => revision.id === id));
  const all = [...known, ...fileless.map((row) => ({ ...row, file: undefined }))].toSorted((left, right) =>
    left.id < right.id ? -1 : 1,
  );
  return all.map((revision, index) => ({
    ...revision,
    previous: all[index - 1]?.id,
    isHead: revision.id === known.at(-1)?.id,
    record: records.get(revision.id),
    lateAfter: lateAfter(records.get(revision.id), applied),
  }));
}

function lateAfter(row: AppliedRevision | undefined, applied: readonly AppliedRevision[]): string | undefined {
  return row && currentRevision(applied.filter(({ id, sequence }) => id > row.id && sequence < row.sequence))?.id;
}
