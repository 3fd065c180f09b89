import { basename, dirname, join } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../documents/documents.ts';
import { readRecord } from '../database/record/record-tables.ts';
import { readRevisions, type RevisionFile, type RevisionFolder } from '../files/read-revisions.ts';
import { findTarget } from '../history/find-target.ts';
import { currentRevision, type AppliedRevision } from '../history/record.ts';
import { refuseLockFileProblems } from './lock.ts';
import { withSession, type RunContext } from './run-context.ts';

/** The work on the files, which main loads when it is needed; see src/authoring/rebase-revision.ts. */
export type RebaseRevision = (rebase: {
  readonly folder: RevisionFolder;
  readonly revision: RevisionFile;
  readonly newest: string;
}) => Promise<{ readonly name: string; readonly path: string }>;

/**
 * Gives a pending revision a new timestamp, so that it sorts last: the cure for one that was merged late.
 * @throws AppError `unknown-revision`, `cannot-rebase` for an applied one (2), `lock-file` (5), `database-unreachable` (8).
 */
export async function rebase(
  context: RunContext,
  { target }: { readonly target: string },
  rebaseRevision: RebaseRevision,
): Promise<AnswerDocument<'rebase'>> {
  const { settings, output } = context;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  const index = findTarget(target, { revisions: folder.revisions, currentIndex: 0 });
  const revision = folder.revisions[index - 1];
  if (!revision) throw refusal('"base" is no revision.', 'Name a pending revision; see `migrate check`.');
  if (revision.replaces !== undefined) {
    throw refusal(
      `${revision.name} is a baseline, which stands where the last revision that it replaces stood.`,
      'Rebase the revision that is to come behind it.',
    );
  }
  const applied = await readRecordIfNamed(context);
  if (applied?.some(({ id }) => id === revision.id)) {
    throw refusal(
      `Revision ${revision.name} is applied, so its timestamp is part of the history.`,
      'Only a pending revision can be rebased; see `migrate check`.',
    );
  }
  if (!applied)
    output.remark('No database is named, so whether the revision is applied somewhere could not be checked.');
  const newest = currentRevision([...folder.revisions, ...(applied ?? [])])?.id ?? revision.id;
  if (newest === revision.id) {
    return { changed: false, from: revision.name, to: revision.name, file: revision.file };
  }
  const { name, path } = await rebaseRevision({ folder, revision, newest });
  const overtaken = folder.revisions.slice(index).map(({ name }) => name);
  if (overtaken.length > 0)
    output.remark(`It runs after ${overtaken.slice(0, 5).join(', ')} now: make sure that none of them needs it.`);
  return { changed: true, from: revision.name, to: name, file: join(dirname(revision.file), basename(path)) };
}

export function formatRebase({ changed, from, to, file }: AnswerDocument<'rebase'>): string {
  return changed ? `${from} -> ${to}` : `${file} sorts last already.`;
}

/** What the named database has applied; `undefined` when none is named. */
async function readRecordIfNamed(context: RunContext): Promise<readonly AppliedRevision[] | undefined> {
  try {
    return await withSession(context, (session) => readRecord(session, context.settings.historySchema));
  } catch (error) {
    if (error instanceof AppError && error.code === 'no-database') return undefined;
    throw error;
  }
}

function refusal(message: string, hint: string): AppError {
  return new AppError({ code: 'cannot-rebase', exitCode: exitCodes.usage, message, hint });
}
