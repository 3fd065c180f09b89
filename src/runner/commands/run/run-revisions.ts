import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { Direction } from '../../database/record/journal.ts';
import type { KeptAlembic } from '../../database/record/kept-alembic.ts';
import { readRecord, type RunIdentity } from '../../database/record/record-tables.ts';
import { runAtomic } from '../../database/run/run-atomic.ts';
import { runRevision } from '../../database/run/run-revision.ts';
import type { BackfillLimits, RevisionRun, RunnableRevision } from '../../database/run/runnable-revision.ts';
import { closeSession, type Session } from '../../database/connection/session.ts';
import { readWeakObjects, type WeakObjects } from '../../database/run/weak-objects.ts';
import type { AppliedRevision, KnownRevision } from '../../history/record.ts';
import type { EngineRun } from '../../umzug-engine.ts';
import type { Settings } from '../../settings/settings-table.ts';
import type { RunContext } from '../run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';
import { tellOrigin } from './tell-origin.ts';

export interface RevisionsRun {
  readonly context: RunContext;
  readonly state: RunState;
  readonly direction: Direction;
  /** All revisions of the files. */
  readonly known: readonly KnownRevision[];
  readonly applied: readonly AppliedRevision[];
  /** What runs, in its order. */
  readonly revisions: readonly RunnableRevision[];
  readonly run: RunIdentity;
  readonly openAnother: () => Promise<Session>;
  /** Alembic's table, when it is kept in step. */
  readonly keptAlembic: KeptAlembic | undefined;
}

/**
 * Runs the revisions, one transaction each or (`--atomic`) all in one, and leaves in the state what the record says then.
 * @throws what {@link runRevision} and {@link runAtomic} throw, AppError `connection-lost` (8).
 */
export async function runRevisions(session: Session, revisionsRun: RevisionsRun): Promise<void> {
  const { context, state, direction, known, revisions, openAnother, keptAlembic } = revisionsRun;
  const { settings, output, clock, signal, scriptGuard } = context;
  const schema = settings.historySchema;
  const run = { ...revisionsRun.run, cluster: await tellOrigin(session, context) };
  const recovery = {
    openAnother,
    sleep: clock.sleep,
    lockTimeoutMs: settings.lockTimeout,
    lockRetryForMs: settings.lockRetryFor,
  };
  const options = {
    schema,
    role: settings.role,
    run,
    emit: output.emit,
    now: clock.now,
    signal,
    recovery,
    scriptTimeoutMs: settings.scriptTimeout,
    backfill: backfillLimits(settings, clock.now()),
    scriptGuard,
    keptAlembic,
  };
  output.emit({ event: 'plan', direction, revisions: revisions.map(({ name }) => name) });
  const weakBefore = await readWeakObjects(session);
  try {
    await (settings.atomic ? runTogether : runOneByOne)(session, revisionsRun, options);
  } finally {
    await warnOfWeakObjects(session, weakBefore, context);
    // What is committed is what counts, not what this process believes.
    const now = await readRecord(session, schema).catch(() => readOverAnother(openAnother, schema));
    if (now) {
      noteRecord(state, known, now);
      const recorded = new Set(now.map(({ id }) => id));
      const took = revisions.filter(({ id }) => recorded.has(id) === (direction === 'up'));
      const done = state[direction === 'up' ? 'applied' : 'reverted'];
      done.splice(0, done.length, ...took.map(({ name }) => name));
    }
  }
}

/** The budget begins with the first revision: what was waited for before is not counted. */
function backfillLimits({ budget, replicaLag, editedBackfill }: Settings, now: number): BackfillLimits {
  const budgetMs = budget === 0 ? Number.POSITIVE_INFINITY : budget;
  return { budgetMs, deadline: now + budgetMs, replicaLagMs: replicaLag, edited: editedBackfill };
}

/** Names what came into the catalog during the run without being fully in force; a lost connection cannot tell. */
async function warnOfWeakObjects(session: Session, before: WeakObjects, { output }: RunContext): Promise<void> {
  const now = await readWeakObjects(session).catch((): WeakObjects => new Map());
  for (const [id, text] of now) if (!before.has(id)) output.emit({ event: 'message', level: 'warning', text });
}

/** Umzug is loaded only when something runs. */
async function runInUmzug(run: EngineRun): Promise<void> {
  const engine = await import('../../umzug-engine.ts');
  await engine.runInUmzug(run);
}

async function runOneByOne(session: Session, revisionsRun: RevisionsRun, options: RevisionRun): Promise<void> {
  const { context, state, direction, revisions } = revisionsRun;
  const ids = recordedIds(revisionsRun);
  await runInUmzug({
    direction,
    recorded: () => ids.now,
    revisions: revisions.map((revision, index) => ({
      id: revision.id,
      run: async () => {
        context.signal.throwIfAborted();
        reportStart(index, revisionsRun);
        const { durationMs, connectionLost } = await runRevision(session, revision, options);
        ids.change(revision.id);
        state[direction === 'up' ? 'applied' : 'reverted'].push(revision.name);
        reportEnd(revision, durationMs, revisionsRun);
        if (connectionLost) reportLostConnection(revision.name, revisions.length - index - 1, revisionsRun);
      },
    })),
  });
}

async function runTogether(session: Session, revisionsRun: RevisionsRun, options: RevisionRun): Promise<void> {
  const { context, state, direction, revisions } = revisionsRun;
  const [first, ...more] = revisions;
  if (!first) return;
  const text = `One transaction for all of it (--atomic): nothing is ${direction === 'up' ? 'applied' : 'reverted'} before the last revision has run.`;
  context.output.emit({ event: 'message', level: 'info', text });
  const { durations, connectionLost } = await runAtomic(session, {
    revisions: [first, ...more],
    options,
    loop: async (runOne) => {
      const ids = recordedIds(revisionsRun);
      await runInUmzug({
        direction,
        recorded: () => ids.now,
        revisions: revisions.map((revision, index) => ({
          id: revision.id,
          run: async () => {
            reportStart(index, revisionsRun);
            await runOne(revision);
            ids.change(revision.id);
          },
        })),
      });
    },
  });
  // Only the commit has made this true of any of them.
  for (const revision of revisions) {
    state[direction === 'up' ? 'applied' : 'reverted'].push(revision.name);
    reportEnd(revision, durations.get(revision.id) ?? 0, revisionsRun);
  }
  if (connectionLost) reportLostConnection('the run', 0, revisionsRun);
}

/** The ids in the record, followed while the revisions run. */
function recordedIds({ applied, direction }: RevisionsRun): {
  readonly now: ReadonlySet<string>;
  readonly change: (id: string) => void;
} {
  const now = new Set(applied.map(({ id }) => id));
  return { now, change: (id) => void (direction === 'up' ? now.add(id) : now.delete(id)) };
}

function reportStart(index: number, { context, direction, revisions }: RevisionsRun): void {
  const revision = revisions[index];
  if (!revision) return;
  const { id, name, transactional } = revision;
  const count = revisions.length;
  context.output.emit({
    event: 'revision.started',
    revision: id,
    name,
    direction,
    index: index + 1,
    count,
    transactional,
  });
}

function reportEnd({ id, name }: RunnableRevision, durationMs: number, { context, direction }: RevisionsRun): void {
  const event = direction === 'up' ? 'revision.applied' : 'revision.reverted';
  context.output.emit({ event, revision: id, name, durationMs });
}

/** Said when the record has proved that the commit went through although its answer never came. */
function reportLostConnection(name: string, left: number, { context, direction }: RevisionsRun): void {
  const { output } = context;
  const done = direction === 'up' ? 'applied' : 'reverted';
  const message = `The connection was lost while ${name} was being committed; the record proves that it is ${done}.`;
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
