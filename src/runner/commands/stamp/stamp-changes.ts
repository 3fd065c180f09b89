import type { AnswerDocument } from '../../documents/documents.ts';
import type { RecordedRevision } from '../../database/record/write-record.ts';
import { readRevisionText, type RevisionFile } from '../../files/read-revisions.ts';
import { readSqlRevision } from '../../files/read-sql-revision.ts';
import type { StampPlan } from '../../history/plan-stamp.ts';
import { currentRevision, type AppliedRevision } from '../../history/record.ts';

/** What a stamp does to the record, with all that it writes there. */
export interface StampChanges {
  readonly plan: StampPlan<RevisionFile>;
  readonly before: readonly AppliedRevision[];
  /** Rows that are written, of inserted and corrected revisions. */
  readonly bodies: readonly StampedRevision[];
  /** Removed rows whose revision has no file here, the bodies that the record kept of them included. */
  readonly withoutFile: readonly AppliedRevision[];
}

interface StampedRevision {
  readonly recorded: RecordedRevision;
  /** Which body the record does not keep, as a sentence. */
  readonly unstored: string | undefined;
}

export async function readStampChanges(
  plan: StampPlan<RevisionFile>,
  before: readonly AppliedRevision[],
  files: readonly RevisionFile[],
): Promise<StampChanges> {
  const bodies = await Promise.all([...plan.insert, ...plan.correct].map(recordedWithoutRunning));
  const withoutFile = plan.remove.filter(({ id }) => !files.some((file) => file.id === id));
  return { plan, before, bodies, withoutFile };
}

/** The changes, for people and `--json`. */
export function stampDocument(changes: StampChanges): AnswerDocument<'stamp'> {
  const { plan, before, bodies, withoutFile } = changes;
  const names = (revisions: readonly { readonly name: string }[]): string[] => revisions.map(({ name }) => name);
  return {
    from: currentRevision(before)?.name ?? null,
    to: targetOf(changes) ?? null,
    recorded: names(plan.insert),
    removed: names(plan.remove),
    corrected: names(plan.correct),
    warnings: [
      ...bodies.flatMap(({ unstored }) => (unstored === undefined ? [] : [unstored])),
      ...names(withoutFile).map(
        (name) => `${name} has no file here: what the record keeps of it, its down included, goes with its row.`,
      ),
    ],
  };
}

/** Name of the revision at which the record is afterwards. */
function targetOf({ plan, before }: StampChanges): string | undefined {
  const removed = new Set(plan.remove.map(({ id }) => id));
  return currentRevision([...before.filter(({ id }) => !removed.has(id)), ...plan.insert])?.name;
}

async function recordedWithoutRunning(revision: RevisionFile): Promise<StampedRevision> {
  const { id, name, checksum, file } = revision;
  if (revision.extension === 'sql') {
    const { upBody, downBody, unstored } = await readSqlRevision(revision);
    return { recorded: { id, name, checksum, upBody, downBody, durationMs: 0 }, unstored };
  }
  const upBody = readRevisionText(revision);
  const unstored = `The record keeps no down of the script ${file}: reverting it will need the file.`;
  return { recorded: { id, name, checksum, upBody, downBody: undefined, durationMs: 0 }, unstored };
}
