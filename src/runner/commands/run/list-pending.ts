import { countStatements } from '../../files/read-sql-revision.ts';
import type { PendingRevision } from '../../documents/documents.ts';
import { readRecord } from '../../database/record/record-tables.ts';
import { readRevisions } from '../../files/read-revisions.ts';
import { readLineage } from '../lineage.ts';
import { refuseLockFileProblems, warnOfStrangers } from '../lock.ts';
import { prepareUpgrade } from './prepare-upgrade.ts';
import { withSession, type RunContext } from '../run-context.ts';
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
  const whole = await readRevisions(context.settings.migrations);
  refuseLockFileProblems(whole);
  warnOfStrangers(whole, context);
  const schema = context.settings.historySchema;
  const { folder, applied } = await withSession(context, async (session) => {
    const rows = await readRecord(session, schema);
    const seen = { schema, applied: rows, targets: [options.target] };
    return { folder: await readLineage(session, whole, seen), applied: rows };
  });
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
