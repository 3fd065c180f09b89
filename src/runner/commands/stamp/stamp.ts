import type { AnswerDocument } from '../../documents/documents.ts';
import { version } from '../../../contract/version.ts';
import { refuseUnfitSession } from '../../database/connection/check-session.ts';
import { clearJournals } from '../../database/record/journal.ts';
import { withRecordErrors } from '../../database/record/record-errors.ts';
import { databaseLabel } from '../../database/connection/connection-settings.ts';
import { alembicVersionOf, setAlembicVersion } from '../../database/record/kept-alembic.ts';
import { ensureRecord, readRecord, readRecordedIds } from '../../database/record/record-tables.ts';
import { pinSearchPath } from '../../database/run/revision-transaction.ts';
import { openSession, type Session } from '../../database/connection/session.ts';
import { deleteRecord, insertEvent, insertRecord } from '../../database/record/write-record.ts';
import { readRevisions } from '../../files/read-revisions.ts';
import { planStamp } from '../../history/plan-stamp.ts';
import { currentRevision } from '../../history/record.ts';
import { readRunIdentity } from '../../run-identity.ts';
import { formatStamp } from './format-stamp.ts';
import { readKeeping, rememberKeeping, type Keeping } from '../adopt/keep-alembic.ts';
import { readLineage } from '../lineage.ts';
import { refuseLockFileProblems } from '../lock.ts';
import { sessionOptionsOf, withSession, type RunContext } from '../run-context.ts';
import { takeLock } from '../run/run-plan.ts';
import { noteRecord, type RunState } from '../run/run-state.ts';
import { readStampChanges, stampDocument, type StampChanges } from './stamp-changes.ts';
import { tellOrigin } from '../run/tell-origin.ts';

export interface StampRequest {
  readonly target: string;
  readonly reason: string;
}

/**
 * Makes the record say that the target is current, without running anything; one transaction, kept in the event log with its
 * reason.
 * @throws AppError: see the exit codes.
 */
export async function stamp(context: RunContext, state: RunState, request: StampRequest): Promise<void> {
  const { settings, output } = context;
  const { target } = request;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  const connection = context.connection();
  output.emit({
    event: 'run.started',
    command: 'stamp',
    target,
    database: databaseLabel(connection),
    revisionCount: folder.revisions.length,
    version,
  });
  const openAnother = (): Promise<Session> => openSession(sessionOptionsOf(context, connection));
  await withSession(context, async (session) => {
    await refuseUnfitSession(session, openAnother);
    await session.query(pinSearchPath);
    await takeLock(context, session);
    await ensureRecord(session, settings.historySchema);
    const before = await readRecord(session, settings.historySchema);
    const seen = { schema: settings.historySchema, applied: before, targets: [target] };
    const { revisions } = await readLineage(session, folder, seen);
    noteRecord(state, revisions, before);
    const changes = await readStampChanges(planStamp(target, revisions, before), before, revisions);
    const keeping = await readKeeping(session, context, revisions);
    await changeRecord(session, context, { request, changes, keeping });
    noteRecord(state, revisions, await readRecord(session, settings.historySchema));
    output.emit({ event: 'message', level: 'info', text: formatStamp(stampDocument(changes), 'after') });
  });
}

/** What a stamp would change, without changing anything; reading rights on the record are enough. */
export async function readStampPlan(
  context: RunContext,
  state: RunState,
  { target }: Pick<StampRequest, 'target'>,
): Promise<AnswerDocument<'stamp'>> {
  const { settings } = context;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  const { before, revisions } = await withSession(context, async (session) => {
    const applied = await readRecord(session, settings.historySchema);
    const seen = { schema: settings.historySchema, applied, targets: [target] };
    return { before: applied, revisions: (await readLineage(session, folder, seen)).revisions };
  });
  noteRecord(state, revisions, before);
  const changes = await readStampChanges(planStamp(target, revisions, before), before, revisions);
  return stampDocument(changes);
}

async function changeRecord(
  session: Session,
  { settings, environment, identity, output }: RunContext,
  {
    request,
    changes,
    keeping,
  }: { readonly request: StampRequest; readonly changes: StampChanges; readonly keeping: Keeping | undefined },
): Promise<void> {
  const schema = settings.historySchema;
  const { plan, before, bodies } = changes;
  const run = {
    ...(await readRunIdentity({ ...identity, environment })),
    cluster: await tellOrigin(session, { settings, output }),
  };
  const names = (revisions: readonly { readonly name: string }[]): string[] => revisions.map(({ name }) => name);
  const detail = {
    from: currentRevision(before)?.name ?? null,
    inserted: names(plan.insert),
    removed: names(plan.remove),
    corrected: names(plan.correct),
  };
  await session.query('BEGIN');
  try {
    await clearJournals(session, schema);
    for (const { id } of [...plan.remove, ...plan.correct]) await deleteRecord(session, schema, id);
    for (const { recorded } of bodies) await insertRecord(session, schema, recorded, run);
    await insertEvent(
      session,
      schema,
      { event: 'stamp', revision: request.target, reason: request.reason, detail },
      run,
    );
    if (keeping) {
      const { kept } = keeping;
      await rememberKeeping(session, { ...settings, run }, keeping);
      await setAlembicVersion(session, kept, alembicVersionOf(kept, await readRecordedIds(session, schema)));
    }
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    return withRecordErrors({ session, schema }, () => Promise.reject(error as Error));
  }
}
