import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { version } from '../../contract/version.ts';
import { cancelOnAbort } from '../database/cancel.ts';
import { databaseLabel } from '../database/connection-settings.ts';
import { ensureRecord, readRecord, type RunIdentity } from '../database/record-tables.ts';
import { runRevision } from '../database/run-revision.ts';
import type { RunnableRevision } from '../database/runnable-revision.ts';
import { acquireRunnerLock } from '../database/runner-lock.ts';
import { closeSession, openSession, type Session } from '../database/session.ts';
import { remarksOnEndpoint } from '../database/endpoint-remarks.ts';
import { refuseUnfitSession } from '../database/check-session.ts';
import type { RevisionFolder } from '../files/read-revisions.ts';
import type { AppliedRevision } from '../history/record.ts';
import { readRunIdentity } from '../run-identity.ts';
import { runInUmzug } from '../umzug-engine.ts';
import { sessionOptionsOf, withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';

/** What upgrade and downgrade differ in. */
export interface PlannedRun {
  readonly command: 'upgrade' | 'downgrade';
  readonly target: string;
  readonly folder: RevisionFolder;
  /** Decides what runs, and makes it ready, before the first statement is sent. */
  readonly plan: (session: Session, applied: readonly AppliedRevision[]) => Promise<readonly RunnableRevision[]>;
}

/**
 * Runs a plan under the runner's lock, over one session, one revision after the other.
 * @throws what {@link PlannedRun.plan} and {@link runRevision} throw, AppError `locked` (7) and `database-unreachable` (8).
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
    const stopWatching = cancelOnAbort(session, signal, sessionOptionsOf(context, connection));
    try {
      await takeLock(context, session);
      await ensureRecord(session, settings.historySchema);
      const applied = await readRecord(session, settings.historySchema);
      noteRecord(state, planned.folder.revisions, applied);
      const revisions = await planned.plan(session, applied);
      if (revisions.length === 0) {
        const where = state.current === null ? 'at base' : `at ${state.current}`;
        output.emit({ event: 'message', level: 'info', text: `Nothing to do, the database is ${where}.` });
        return;
      }
      const run = await readRunIdentity({ ...identity, environment });
      await runRevisions(session, { context, state, planned, applied, revisions, run, openAnother });
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

interface RevisionsRun {
  readonly context: RunContext;
  readonly state: RunState;
  readonly planned: PlannedRun;
  readonly applied: readonly AppliedRevision[];
  readonly revisions: readonly RunnableRevision[];
  readonly run: RunIdentity;
  readonly openAnother: () => Promise<Session>;
}

async function runRevisions(
  session: Session,
  { context, state, planned, applied, revisions, run, openAnother }: RevisionsRun,
): Promise<void> {
  const { settings, output, clock, signal, scriptGuard } = context;
  const schema = settings.historySchema;
  const direction = planned.command === 'upgrade' ? 'up' : 'down';
  const recorded = new Set(applied.map(({ id }) => id));
  const recovery = {
    openAnother,
    sleep: clock.sleep,
    lockTimeoutMs: settings.lockTimeout,
    lockRetryForMs: settings.lockRetryFor,
  };
  const options = { schema, run, emit: output.emit, now: clock.now, signal, recovery, scriptGuard };
  output.emit({ event: 'plan', direction, revisions: revisions.map(({ name }) => name) });
  const runOne = async (revision: RunnableRevision, index: number): Promise<void> => {
    signal.throwIfAborted();
    const { id, name, transactional } = revision;
    output.emit({
      event: 'revision.started',
      revision: id,
      name,
      direction,
      index: index + 1,
      count: revisions.length,
      transactional,
    });
    const { durationMs, connectionLost } = await runRevision(session, revision, options);
    if (direction === 'up') recorded.add(id);
    else recorded.delete(id);
    state[direction === 'up' ? 'applied' : 'reverted'].push(name);
    output.emit({
      event: direction === 'up' ? 'revision.applied' : 'revision.reverted',
      revision: id,
      name,
      durationMs,
    });
    if (connectionLost) reportLostConnection(name, revisions.length - index - 1, context);
  };
  try {
    await runInUmzug({
      direction,
      revisions: revisions.map((revision, index) => ({ id: revision.id, run: () => runOne(revision, index) })),
      recorded: () => recorded,
    });
  } finally {
    // What is committed is what counts, not what this process believes.
    const now = await readRecord(session, schema).catch(() => readOverAnother(openAnother, schema));
    if (now) noteRecord(state, planned.folder.revisions, now);
  }
}

/** Said when the record has proved that the commit went through although its answer never came. */
function reportLostConnection(name: string, left: number, { output }: RunContext): void {
  const message = `The connection was lost while ${name} was being committed; the record proves that it is applied.`;
  if (left === 0) return output.emit({ event: 'message', level: 'warning', text: message });
  throw new AppError({
    code: 'connection-lost',
    exitCode: exitCodes.databaseUnreachable,
    message,
    hint: `Run this again: ${left} more to go.`,
  });
}

async function readOverAnother(
  openAnother: () => Promise<Session>,
  schema: string,
): Promise<readonly AppliedRevision[] | undefined> {
  const session = await openAnother().catch(() => undefined);
  if (!session) return undefined;
  try {
    return await readRecord(session, schema).catch(() => undefined);
  } finally {
    await closeSession(session);
  }
}
