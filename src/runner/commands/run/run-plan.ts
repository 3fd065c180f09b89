import { version } from '../../../contract/version.ts';
import { cancelOnAbort } from '../../database/connection/cancel.ts';
import { databaseLabel } from '../../database/connection/connection-settings.ts';
import { checkRecord, createRecord, readRecord } from '../../database/record/record-tables.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';
import { acquireRunnerLock } from '../../database/record/runner-lock.ts';
import { pinSearchPath } from '../../database/run/revision-transaction.ts';
import { openSession, type Session } from '../../database/connection/session.ts';
import { remarksOnEndpoint } from '../../database/connection/endpoint-remarks.ts';
import { refuseUnfitRole, refuseUnfitSession } from '../../database/connection/check-session.ts';
import type { RevisionFolder } from '../../files/read-revisions.ts';
import type { AppliedRevision } from '../../history/record.ts';
import { readRunIdentity } from '../../run-identity.ts';
import { readLineage } from '../lineage.ts';
import { readKeeping, refuseIfMoved, rememberKeeping, sayWhatAlembicMisses } from '../adopt/keep-alembic.ts';
import { refuseEdits } from './refuse-edits.ts';
import { sessionOptionsOf, withSession, type RunContext } from '../run-context.ts';
import { runRevisions } from './run-revisions.ts';
import { noteRecord, type RunState } from './run-state.ts';

/** What upgrade and downgrade differ in. */
export interface PlannedRun {
  readonly command: 'upgrade' | 'downgrade';
  readonly target: string;
  readonly folder: RevisionFolder;
  /** Decides what runs, and makes it ready, before the first statement is sent. */
  readonly plan: (
    session: Session,
    applied: readonly AppliedRevision[],
    /** As this database sees it. */
    folder: RevisionFolder,
  ) => Promise<readonly RunnableRevision[]>;
}

/**
 * Runs a plan under the runner's lock, over one session, one revision after the other.
 * @throws what {@link PlannedRun.plan} and {@link runRevisions} throw, AppError `locked` (7) and `database-unreachable` (8).
 */
export async function runPlan(context: RunContext, state: RunState, planned: PlannedRun): Promise<void> {
  const { settings, output, signal, environment, identity } = context;
  const connection = context.connection();
  output.emit({
    event: 'run.started',
    command: planned.command,
    target: planned.target,
    database: databaseLabel(connection),
    revisionCount: planned.folder.revisions.length,
    version,
  });
  for (const { message, hint } of remarksOnEndpoint(connection.host))
    output.emit({ event: 'message', level: 'warning', text: `${message}. ${hint}` });
  const openAnother = (): Promise<Session> => openSession(sessionOptionsOf(context, connection));
  await withSession(context, async (session) => {
    await refuseUnfitSession(session, openAnother);
    await session.query(pinSearchPath);
    await refuseUnfitRole(session, settings.role);
    const stopWatching = cancelOnAbort(session, signal, sessionOptionsOf(context, connection));
    try {
      await takeLock(context, session);
      const hasRecord = await checkRecord(session, settings.historySchema);
      const applied = await readRecord(session, settings.historySchema);
      const { historySchema: schema } = settings;
      const folder = await readLineage(session, planned.folder, { schema, applied, targets: [planned.target] });
      noteRecord(state, folder.revisions, applied);
      await refuseEdits(session, { schema, folder, applied });
      const keeping = await readKeeping(session, context, folder.revisions);
      await refuseIfMoved(session, keeping, applied);
      const revisions = await planned.plan(session, applied, folder);
      if (revisions.length === 0) {
        const where = state.current === null ? 'at base' : `at ${state.current}`;
        output.emit({ event: 'message', level: 'info', text: `Nothing to do, the database is ${where}.` });
        return;
      }
      // Not before the plan stands: a run that is refused leaves nothing behind, not even an empty record.
      if (!hasRecord) await createRecord(session, settings.historySchema);
      const run = await readRunIdentity({ ...identity, environment });
      const direction = planned.command === 'upgrade' ? 'up' : 'down';
      const known = folder.revisions;
      if (keeping) await rememberKeeping(session, { ...settings, run }, keeping);
      if (keeping) sayWhatAlembicMisses(context, keeping, revisions);
      const keptAlembic = keeping?.kept;
      await runRevisions(session, {
        context,
        state,
        direction,
        known,
        applied,
        revisions,
        run,
        openAnother,
        keptAlembic,
      });
    } finally {
      stopWatching();
    }
  });
}

/** Takes the runner’s lock and tells the wait. @throws AppError `locked` (7). */
export async function takeLock({ settings, clock, signal, output }: RunContext, session: Session): Promise<void> {
  const waitedMs = await acquireRunnerLock(session, settings.historySchema, {
    waitMs: settings.lockWait,
    ...clock,
    signal,
    onWait: ({ waitedMs, holder }) =>
      output.emit({
        event: 'lock.waiting',
        waitedMs: Math.round(waitedMs),
        ...(holder === undefined ? {} : { holder }),
      }),
  });
  output.emit({ event: 'lock.acquired', waitedMs: Math.round(waitedMs) });
}
