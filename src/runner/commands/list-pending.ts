import { countStatements } from '../files/read-sql-revision.ts';
import { readRecord } from '../database/record-tables.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { refuseLockFileProblems, warnOfStrangers } from './lock.ts';
import { prepareUpgrade } from './prepare-upgrade.ts';
import { withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';

/** A revision that an upgrade would apply. */
export interface PendingRevision {
  readonly revision: string;
  readonly name: string;
  readonly file: string;
  /** Whether it runs in a transaction of its own. */
  readonly transactional: boolean;
  /** Statements of a `.sql` revision; null for a script, which says so only by running. */
  readonly statements: number | null;
}

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
