import { readRecord } from '../database/record/record-tables.ts';
import { readRevisions, type RevisionFolder } from '../files/read-revisions.ts';
import { checkHistory, refuseUnsoundHistory } from '../history/check-history.ts';
import type { AppliedRevision } from '../history/record.ts';
import { readKeeping, refuseIfMoved } from './adopt/keep-alembic.ts';
import { readLineage } from './lineage.ts';
import { refuseLockFileProblems, warnOfStrangers } from './lock.ts';
import { refuseEdits } from './run/refuse-edits.ts';
import { withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run/run-state.ts';

export interface SoundRecord {
  readonly folder: RevisionFolder;
  readonly applied: readonly AppliedRevision[];
}

/**
 * The revision files and what the record says of them, when both agree. Reads only.
 * @throws AppError for an unsound history (4, 5).
 */
export async function readSoundRecord(context: RunContext, state: RunState): Promise<SoundRecord> {
  const { settings } = context;
  const whole = await readRevisions(settings.migrations);
  refuseLockFileProblems(whole);
  warnOfStrangers(whole, context);
  const schema = settings.historySchema;
  const { folder, applied } = await withSession(context, async (session) => {
    const rows = await readRecord(session, schema);
    const seen = await readLineage(session, whole, { schema, applied: rows });
    await refuseEdits(session, { schema, folder: seen, applied: rows });
    if (rows.length > 0) await refuseIfMoved(session, await readKeeping(session, context, seen.revisions), rows);
    return { folder: seen, applied: rows };
  });
  noteRecord(state, folder.revisions, applied);
  refuseUnsoundHistory(checkHistory(folder.revisions, applied), { allowOutOfOrder: false });
  return { folder, applied };
}
