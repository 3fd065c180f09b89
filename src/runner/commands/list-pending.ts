import { countStatements } from '../files/read-sql-revision.ts';
import type { PendingRevision } from '../documents/documents.ts';
import { readRecord } from '../database/record-tables.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { refuseLockFileProblems, warnOfStrangers } from './lock.ts';
import { prepareUpgrade } from './prepare-upgrade.ts';
import { withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';

/**
 * What an upgrade would apply, found out as an upgrade does, with nothing sent. Reads only.
 * @throws AppError: see the exit codes of `upgrade`.
 */
export async function listPending(
  context: RunContext,
  state: RunState,
  options: { readonly target: string; readonly allowOutOfOrder: boolean },
): Promise<readonly PendingRevision[]> {
  const folder = await readRevisions(context.settings.migrations);
  refuseLockFileProblems(folder);
  warnOfStrangers(folder, context);
  const applied = await withSession(context, (session) => readRecord(session, context.settings.historySchema));
  noteRecord(state, folder.revisions, applied);
  const { revisions } = await prepareUpgrade(folder, applied, { ...options, atomic: context.settings.atomic });
  return revisions.map(({ id, name, file, transactional, work }) => ({
    revision: id,
    name,
    file,
    transactional,
    statements: work.kind === 'script' ? null : countStatements(work),
  }));
}
