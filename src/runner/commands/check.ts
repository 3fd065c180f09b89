import type { AnswerDocument } from '../documents.ts';
import { readRecord } from '../database/record-tables.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { checkHistory, refuseUnsoundHistory } from '../history/check-history.ts';
import { readKeeping, refuseIfMoved } from './keep-alembic.ts';
import { refuseLockFileProblems, warnOfStrangers } from './lock.ts';
import { refuseEdits } from './refuse-edits.ts';
import { withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';

/**
 * Says whether revisions are pending, and which. Reads only.
 * @throws AppError for an unsound history (4, 5).
 */
export async function check(context: RunContext, state: RunState): Promise<AnswerDocument<'check'>> {
  const { settings } = context;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  warnOfStrangers(folder, context);
  const schema = settings.historySchema;
  const applied = await withSession(context, async (session) => {
    const rows = await readRecord(session, schema);
    await refuseEdits(session, { schema, folder, applied: rows });
    if (rows.length > 0) await refuseIfMoved(session, await readKeeping(session, context, folder.revisions), rows);
    return rows;
  });
  noteRecord(state, folder.revisions, applied);
  refuseUnsoundHistory(checkHistory(folder.revisions, applied), { allowOutOfOrder: false });
  return { upToDate: state.pending.length === 0, current: state.current, pending: state.pending };
}

export function formatCheck({ upToDate, current, pending }: AnswerDocument<'check'>): string {
  const at = current === null ? 'The database is at base' : `The database is at ${current}`;
  if (upToDate) return `${at} (head), nothing is pending.`;
  const count = pending.length;
  return [
    `${at}, ${count} revision${count === 1 ? ' is' : 's are'} pending:`,
    ...pending.map((name) => `  ${name}`),
  ].join('\n');
}
