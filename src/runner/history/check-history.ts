import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { currentRevision, pendingRevisions, type AppliedRevision, type KnownRevision } from './record.ts';

/** What the files and the record say about each other. */
export interface HistoryFindings {
  /** Applied, newer than every file: the database is ahead of this image. */
  readonly ahead: readonly AppliedRevision[];
  /** Applied, older than the newest file, but without a file. */
  readonly missing: readonly AppliedRevision[];
  /** Applied with another text than the file has now. */
  readonly edited: readonly AppliedRevision[];
  /** Pending, but older than an applied one: merged late. */
  readonly outOfOrder: readonly KnownRevision[];
}

/** Compares the files with the record; decides nothing. */
export function checkHistory(known: readonly KnownRevision[], applied: readonly AppliedRevision[]): HistoryFindings {
  const files = new Map(known.map((revision) => [revision.id, revision]));
  const newestFile = currentRevision(known)?.id ?? '';
  const current = currentRevision(applied)?.id ?? '';
  const without = applied.filter(({ id }) => !files.has(id));
  return {
    ahead: without.filter(({ id }) => id > newestFile),
    missing: without.filter(({ id }) => id < newestFile),
    edited: applied.filter(({ id, checksum }) => files.has(id) && files.get(id)?.checksum !== checksum),
    outOfOrder: pendingRevisions(known, applied).filter(({ id }) => id < current),
  };
}

/**
 * Refuses an unsound history before anything runs.
 * @throws AppError `database-ahead` (4), `revision-missing`, `revision-edited`, `out-of-order` (5).
 */
export function refuseUnsoundHistory(
  { ahead, missing, edited, outOfOrder }: HistoryFindings,
  { allowOutOfOrder }: { readonly allowOutOfOrder: boolean },
): void {
  const [firstMissing] = missing;
  if (firstMissing) {
    throw unsound(
      'revision-missing',
      `Revision ${names(missing)} is applied (since ${firstMissing.appliedAt.toISOString()}), but its file is missing.`,
      'Restore the file from git; `migrate history` shows what is applied.',
    );
  }
  const [firstEdited] = edited;
  if (firstEdited) {
    throw unsound(
      'revision-edited',
      `Revision ${names(edited)} was edited after it was applied (${firstEdited.appliedAt.toISOString()}).`,
      'Restore the file from git and put the change into a new revision: `migrate revision -m "…"`.',
    );
  }
  if (ahead.length > 0) {
    throw new AppError({
      code: 'database-ahead',
      exitCode: exitCodes.databaseAhead,
      message: `The database is ahead of these files: it has ${names(ahead)}, which is newer than every file here.`,
      hint: 'Run a newer image or check out a newer commit; `migrate downgrade` can revert it from the record.',
    });
  }
  const [firstLate] = outOfOrder;
  if (firstLate && !allowOutOfOrder) {
    throw unsound(
      'out-of-order',
      `Pending revision ${names(outOfOrder)} sorts before a revision that is already applied.`,
      `Give it a new timestamp: \`migrate rebase ${firstLate.id}\`; or run \`migrate upgrade --allow-out-of-order\`.`,
    );
  }
}

function unsound(code: string, message: string, hint: string): AppError {
  return new AppError({ code, exitCode: exitCodes.historyUnsound, message, hint });
}

function names(revisions: readonly { readonly name: string }[]): string {
  const shown = revisions.slice(0, 5).map(({ name }) => name);
  return revisions.length > 5 ? `${shown.join(', ')} and ${revisions.length - 5} more` : shown.join(', ');
}
