import { version } from '../../contract/version.ts';
import { refuseUnfitSession } from '../database/check-session.ts';
import { clearJournals } from '../database/journal.ts';
import { databaseLabel } from '../database/connection-settings.ts';
import {
  deleteRecord,
  ensureRecord,
  insertEvent,
  insertRecord,
  readRecord,
  withRecordErrors,
  type RecordedRevision,
} from '../database/record-tables.ts';
import { openSession, type Session } from '../database/session.ts';
import { readRevisions, readRevisionText, type RevisionFile } from '../files/read-revisions.ts';
import { readSqlRevision } from '../files/read-sql-revision.ts';
import { planStamp } from '../history/plan-stamp.ts';
import { currentRevision } from '../history/record.ts';
import { readRunIdentity } from '../run-identity.ts';
import { refuseLockFileProblems } from './lock.ts';
import { sessionOptionsOf, withSession, type RunContext } from './run-context.ts';
import { takeLock } from './run-plan.ts';
import { noteRecord, type RunState } from './run-state.ts';

/**
 * Makes the record say that the target is current, without running anything; one transaction, kept in the event log with its
 * reason.
 * @throws AppError: see the exit codes.
 */
export async function stamp(
  context: RunContext,
  state: RunState,
  { target, reason }: { readonly target: string; readonly reason: string },
): Promise<void> {
  const { settings, output, environment, identity } = context;
  const schema = settings.historySchema;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  const connection = context.connection();
  const database = databaseLabel(connection);
  output.emit({
    event: 'run.started',
    command: 'stamp',
    target,
    database,
    revisionCount: folder.revisions.length,
    version,
  });
  const openAnother = (): Promise<Session> => openSession(sessionOptionsOf(context, connection));
  await withSession(context, async (session) => {
    await refuseUnfitSession(session, openAnother);
    await takeLock(context, session);
    await ensureRecord(session, schema);
    const before = await readRecord(session, schema);
    noteRecord(state, folder.revisions, before);
    const { insert, remove, correct } = planStamp(target, folder.revisions, before);
    const run = await readRunIdentity({ ...identity, environment });
    const bodies = await Promise.all([...insert, ...correct].map(recordedWithoutRunning));
    await session.query('BEGIN');
    try {
      await clearJournals(session, schema);
      for (const { id } of [...remove, ...correct]) await deleteRecord(session, schema, id);
      for (const revision of bodies) await insertRecord(session, schema, revision, run);
      const names = (revisions: readonly { readonly name: string }[]): string[] => revisions.map(({ name }) => name);
      const detail = {
        from: currentRevision(before)?.name ?? null,
        inserted: names(insert),
        removed: names(remove),
        corrected: names(correct),
      };
      await insertEvent(session, schema, { event: 'stamp', revision: target, reason, detail }, run);
      await session.query('COMMIT');
    } catch (error) {
      await session.query('ROLLBACK').catch(() => undefined);
      return withRecordErrors(schema, () => Promise.reject(error as Error));
    }
    const after = await readRecord(session, schema);
    noteRecord(state, folder.revisions, after);
    const changes = `${insert.length} recorded, ${remove.length} removed, ${correct.length} corrected`;
    output.emit({
      event: 'message',
      level: 'info',
      text: `Stamped: the record is at ${state.current ?? 'base'} (${changes}); nothing was run.`,
    });
  });
}

async function recordedWithoutRunning(revision: RevisionFile): Promise<RecordedRevision> {
  const { id, name, checksum } = revision;
  if (revision.extension === 'sql') {
    const { upBody, downBody } = await readSqlRevision(revision);
    return { id, name, checksum, upBody, downBody, durationMs: 0 };
  }
  return { id, name, checksum, upBody: await readRevisionText(revision), downBody: undefined, durationMs: 0 };
}
