import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { readUnfinished } from '../../database/record/journal.ts';
import { keepEvent, type KeptAlembic } from '../../database/record/kept-alembic.ts';
import { readRecord, readStoredDown, recordExists } from '../../database/record/record-tables.ts';
import type { RecordEvent } from '../../database/record/write-record.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';
import type { RevisionFolder } from '../../files/read-revisions.ts';
import type { AppliedRevision } from '../../history/record.ts';
import { assumedRecord, parseRange } from '../../offline/starting-point.ts';
import { readKeeping, refuseIfMoved } from '../adopt/keep-alembic.ts';
import { lineageOf, readLineage } from '../lineage.ts';
import { prepareDowngrade } from './prepare-downgrade.ts';
import { outOfOrderEvent, prepareUpgrade } from './prepare-upgrade.ts';
import { withSession, type RunContext } from '../run-context.ts';

export interface OfflineRequest {
  readonly command: 'upgrade' | 'downgrade';
  /** A target, counted from where the database is; or `<from>:<to>`, for which no database is needed. */
  readonly target: string;
  readonly allowOutOfOrder: boolean;
}

export interface OfflinePlan {
  readonly applied: readonly AppliedRevision[];
  /** Whether a database said so; else the range did. */
  readonly isRead: boolean;
  /** All revisions, as this database sees them. */
  readonly known: RevisionFolder['revisions'];
  readonly recordExists: boolean;
  readonly revisions: readonly RunnableRevision[];
  readonly events: readonly RecordEvent[];
  /** Alembic's table, when the database says that it is kept in step. */
  readonly keptAlembic: KeptAlembic | undefined;
}

/**
 * Where the script starts and what it runs: from the database, else from the range. Reads only.
 * @throws AppError: see the exit codes; `half-way` (10) when a revision of the plan stopped half-way in the database.
 */
export async function readOfflinePlan(
  context: RunContext,
  run: OfflineRequest,
  whole: RevisionFolder,
): Promise<OfflinePlan> {
  const { historySchema: schema, atomic } = context.settings;
  const range = parseRange(run.target);
  if (range) {
    const folder = await lineageOf(whole, { applied: [], targets: [range.from, range.to] });
    const applied = assumedRecord(range, folder.revisions, run.command);
    const storedDown = (): Promise<undefined> => Promise.resolve(undefined);
    const plan = await prepare({ ...run, target: range.to }, { folder, applied, storedDown, atomic });
    return { ...plan, applied, isRead: false, known: folder.revisions, recordExists: false, keptAlembic: undefined };
  }
  refuseWithoutDatabase(context, run);
  return withSession(context, async (session) => {
    const applied = await readRecord(session, schema);
    const folder = await readLineage(session, whole, { schema, applied, targets: [run.target] });
    const storedDown = (id: string): Promise<string | undefined> => readStoredDown(session, schema, id);
    const plan = await prepare(run, { folder, applied, storedDown, atomic });
    const unfinished = new Set((await readUnfinished(session, schema)).map(({ revision }) => revision));
    refuseHalfway(
      plan.revisions.find(({ id }) => unfinished.has(id)),
      run,
    );
    const keeping = await readKeeping(session, context, folder.revisions);
    await refuseIfMoved(session, keeping, applied);
    const isThere = await recordExists(session, schema);
    const isNew = keeping !== undefined && !keeping.isRemembered && plan.revisions.length > 0;
    const events = isNew ? [...plan.events, keepEvent('keep-alembic', keeping.kept, '--keep-alembic')] : plan.events;
    return {
      ...plan,
      events,
      applied,
      isRead: true,
      known: folder.revisions,
      recordExists: isThere,
      keptAlembic: keeping?.kept,
    };
  });
}

interface Prepared {
  readonly folder: RevisionFolder;
  readonly applied: readonly AppliedRevision[];
  readonly storedDown: (id: string) => Promise<string | undefined>;
  readonly atomic: boolean;
}

async function prepare(
  { command, target, allowOutOfOrder }: OfflineRequest,
  { folder, applied, storedDown, atomic }: Prepared,
): Promise<Pick<OfflinePlan, 'revisions' | 'events'>> {
  if (command === 'downgrade')
    return { revisions: await prepareDowngrade(folder, applied, { target, atomic, storedDown }), events: [] };
  const { revisions, late } = await prepareUpgrade(folder, applied, { target, allowOutOfOrder, atomic });
  return { revisions, events: late.length === 0 ? [] : [outOfOrderEvent(late)] };
}

function refuseWithoutDatabase(context: RunContext, { command, target }: OfflineRequest): void {
  try {
    context.connection();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'no-database') throw error;
    const range = command === 'upgrade' ? 'base:head' : 'head:base';
    throw new AppError({
      code: 'bad-usage',
      exitCode: exitCodes.usage,
      message: `No database is named, so where "${target}" starts is not known.`,
      hint: `Give a range, e.g. \`migrate ${command} ${range} --sql\`, or name the database with DATABASE_URL.`,
    });
  }
}

function refuseHalfway(revision: RunnableRevision | undefined, { command }: OfflineRequest): void {
  if (!revision) return;
  throw new AppError({
    code: 'half-way',
    exitCode: exitCodes.stoppedHalfway,
    message: `Revision ${revision.name} stopped half-way in this database, so a script of the whole of it would be wrong.`,
    hint: `Run \`migrate ${command}\`: it goes on at the statement that failed.`,
  });
}
