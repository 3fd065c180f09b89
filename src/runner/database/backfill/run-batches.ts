import { randomUUID } from 'node:crypto';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { isPassing } from '../run/lock-retry.ts';
import type { RevisionRun, RunnableRevision } from '../run/runnable-revision.ts';
import type { Session } from '../connection/session.ts';
import { BackfillPaused } from './backfill-paused.ts';
import { nextSize, rowsText, smallerSize } from './batch-pace.ts';
import { readBatchTable, type BatchTable } from './batch-table.ts';
import { countRows } from './count-rows.ts';
import {
  ensureCheckpoints,
  finishCheckpoint,
  moveCheckpoint,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
  type CheckpointPlace,
} from './checkpoint.ts';
import { readKeys, type KeyRange } from './read-keys.ts';
import { tellBatches, type BatchReport } from './tell-batches.ts';
import { waitForStandbys } from './wait-for-standbys.ts';

/** A walk through a table, and what is done with the rows of each batch. */
export interface Backfill {
  readonly name: string;
  readonly table: string;
  readonly key: readonly string[] | undefined;
  readonly where: string | undefined;
  readonly columns: readonly string[];
  readonly size: number;
  /** Changes the rows of the range inside the transaction that is open. */
  readonly run: (range: KeyRange) => Promise<void>;
}

/** Where the walk belongs, and how its run is told and limited. */
export interface BackfillRun {
  readonly revision: RunnableRevision;
  readonly options: RevisionRun;
  /** Of how many statements of the revision it is which. */
  readonly statement: number;
  readonly statements: number;
  /** sha256 of what changes the rows. */
  readonly checksum: string;
}

/**
 * Walks the table behind the last batch that an earlier run has committed. Batch and checkpoint share a transaction, so that every
 * row is changed once, wherever the run is killed. Answers how many rows there were in all runs together.
 * @throws BackfillPaused (10) when the budget is over, AppError `backfill-edited` (10), what a batch throws.
 */
export async function runBatches(session: Session, backfill: Backfill, backfillRun: BackfillRun): Promise<number> {
  const { revision, options, statement } = backfillRun;
  const place = {
    schema: options.schema,
    revision: revision.id,
    direction: revision.direction,
    statement,
    name: backfill.name,
  };
  await ensureCheckpoints(session, options.schema);
  const table = await readBatchTable(session, backfill);
  const checkpoint = await beginOrGoOn(session, place, { backfill, table, backfillRun });
  if (checkpoint.finished) return checkpoint.rows;
  const report = tellBatches(backfill.name, checkpoint, backfillRun);
  const walk = { backfill, table, place, report, backfillRun };
  try {
    const rows = await walkOn(session, checkpoint, walk);
    await finishCheckpoint(session, place);
    return rows;
  } catch (error) {
    report.sayWhereItStopped(error);
    throw error;
  } finally {
    report.stop();
  }
}

interface Walk {
  readonly backfill: Backfill;
  readonly table: BatchTable;
  readonly place: CheckpointPlace;
  readonly report: BatchReport;
  readonly backfillRun: BackfillRun;
}

async function walkOn(session: Session, checkpoint: Checkpoint, walk: Walk): Promise<number> {
  const { backfill, report, backfillRun } = walk;
  const { now, signal, backfill: limits } = backfillRun.options;
  let { lastKey, rows } = checkpoint;
  let { size } = backfill;
  // One batch in each run: a budget that is too short must not stand still.
  for (let batch = 0; ; batch += 1) {
    signal.throwIfAborted();
    if (batch > 0 && now() > limits.deadline) throw paused(walk, { ...checkpoint, rows });
    await waitForStandbys(session, backfillRun, () => now() > limits.deadline);
    const start = now();
    const done = await oneBatch(session, walk, { lastKey, rows, size });
    if (!done) return rows;
    lastKey = done.lastKey;
    rows += done.rows;
    report.moved(rows);
    size = nextSize({ rows: done.rows, tookMs: now() - start, most: backfill.size });
  }
}

interface Start {
  readonly lastKey: readonly string[] | undefined;
  readonly rows: number;
  readonly size: number;
}

/** Changes the next rows, fewer at each try that another session's lock stops; `undefined` when there are none. */
async function oneBatch(
  session: Session,
  { backfill, table, place, report, backfillRun }: Walk,
  start: Start,
): Promise<{ readonly lastKey: readonly string[]; readonly rows: number } | undefined> {
  const { now, signal, recovery } = backfillRun.options;
  const deadline = now() + recovery.lockRetryForMs;
  for (let attempt = 1, { size } = start; ; attempt += 1, size = smallerSize(size)) {
    const guard = randomUUID();
    try {
      await session.query(`BEGIN; SET LOCAL wumbo_migrations.guard = '${guard}'`);
      const range = await readKeys(session, { ...backfill, table, behind: start.lastKey, size });
      if (range) {
        await backfill.run(range);
        await moveCheckpoint(session, place, { lastKey: range.to, rows: start.rows + range.rows.length, guard });
      }
      const { command } = await session.query('COMMIT');
      // A failure that was swallowed inside makes COMMIT answer ROLLBACK without an error.
      if (command !== 'COMMIT')
        throw new Error(`"${backfill.name}": a statement of its batch failed and the failure was swallowed`);
      return range && { lastKey: range.to, rows: range.rows.length };
    } catch (error) {
      await session.query('ROLLBACK').catch(() => undefined);
      const pauseMs = Math.round(Math.min(250 * 2 ** (attempt - 1), 10_000) * (0.5 + Math.random()));
      if (!isPassing(error) || signal.aborted || now() + pauseMs > deadline) throw error;
      report.blocked({ attempt, retryInMs: pauseMs });
      await recovery.sleep(pauseMs);
    }
  }
}

/** @throws AppError `backfill-edited` (10) when an earlier run has changed rows in another way than this text would. */
async function beginOrGoOn(
  session: Session,
  place: CheckpointPlace,
  { backfill, table, backfillRun }: Pick<Walk, 'backfill' | 'table' | 'backfillRun'>,
): Promise<Checkpoint> {
  const { checksum, options, revision } = backfillRun;
  const definition = JSON.stringify([table.sqlName, table.key.map(({ name }) => name), backfill.where ?? null]);
  const earlier = await readCheckpoint(session, place);
  const isEdited = earlier && (earlier.definition !== definition || earlier.checksum !== checksum);
  const { edited } = options.backfill;
  if (earlier && isEdited && edited === 'refuse') throw refuseEdited(revision.file, backfill.name, earlier);
  // Another table or key has another order: there is no place in it to go on from.
  const goesOn = earlier && !(isEdited && edited === 'restart') && earlier.definition === definition;
  if (goesOn) {
    if (!earlier.finished) {
      const text = `The backfill "${backfill.name}" goes on behind ${earlier.lastKey?.join(', ') ?? 'nothing'}: ${rowsText(earlier)} are done.`;
      if (earlier.lastKey) options.emit({ event: 'message', level: 'info', text });
    }
    if (isEdited) await writeCheckpoint(session, place, { ...earlier, checksum });
    return { ...earlier, ...(isEdited ? { finished: false } : {}) };
  }
  const count = await countRows(session, table.sqlName, backfill.where);
  const fresh: Checkpoint = { checksum, definition, lastKey: undefined, rows: 0, ...count, finished: false };
  await writeCheckpoint(session, place, fresh);
  return fresh;
}

function refuseEdited(file: string, name: string, earlier: Checkpoint): AppError {
  return new AppError({
    code: 'backfill-edited',
    exitCode: exitCodes.stoppedHalfway,
    message: `${file} was edited while its backfill "${name}" is half-way: ${rowsText(earlier)} were changed by the text before the edit.`,
    hint: 'Restore the text; or say what holds for those rows: --edited-backfill continue (they are right) or --edited-backfill restart (all rows again).',
  });
}

function paused({ backfill, backfillRun }: Walk, checkpoint: Checkpoint): BackfillPaused {
  const { revision, options } = backfillRun;
  const done = `${rowsText(checkpoint)} of "${backfill.name}" are done`;
  return new BackfillPaused({ revision: revision.name, budgetMs: options.backfill.budgetMs, done });
}
