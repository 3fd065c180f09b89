import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { RevisionDocument } from '../documents/documents.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { findTarget } from '../history/find-target.ts';
import { listRevisions } from '../history/list-revisions.ts';
import { currentRevision } from '../history/record.ts';
import { revisionDocument } from './format-revision.ts';
import { lineageOf } from './lineage.ts';
import { readRecordIfAsked } from './read-record-if-asked.ts';
import type { RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run/run-state.ts';

/** All that is known of one revision. A database is asked when one is named. */
export async function show(
  context: RunContext,
  state: RunState,
  { target }: { readonly target: string },
): Promise<RevisionDocument> {
  const folder = await readRevisions(context.settings.migrations);
  const required = target === 'current' || /^[+-]\d+$/.test(target);
  const read = await readRecordIfAsked(context, { wanted: true, required });
  const applied = read?.applied;
  const seen = { applied: applied ?? [], begun: read?.halfway, targets: [target] };
  const { revisions } = await lineageOf(folder, seen);
  if (applied) noteRecord(state, revisions, applied);
  const listed = listRevisions(revisions, applied ?? []);
  const currentId = currentRevision(applied ?? [])?.id;
  const currentIndex = listed.findIndex(({ id }) => id === currentId) + 1;
  const index = target === 'current' ? currentIndex : findTarget(target, { revisions: listed, currentIndex });
  const revision = listed[index - 1];
  if (!revision) {
    throw new AppError({
      code: 'no-revision-at-base',
      exitCode: exitCodes.usage,
      message: `"${target}" is base, before the first revision: there is nothing to show.`,
      hint: 'See `migrate history` for the revisions.',
    });
  }
  return revisionDocument(revision, { record: read, isCurrent: revision.id === currentId });
}
