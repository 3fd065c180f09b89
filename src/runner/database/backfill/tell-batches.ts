import { BackfillPaused } from './backfill-paused.ts';
import { rowsText, timeLeftMs } from './batch-pace.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { BackfillRun } from './run-batches.ts';

export interface BatchReport {
  /** A batch is committed; so many rows are done in all. */
  readonly moved: (rows: number) => void;
  readonly blocked: (blocked: { readonly attempt: number; readonly retryInMs: number }) => void;
  readonly sayWhereItStopped: (error: unknown) => void;
  readonly stop: () => void;
}

/** A log line a second is enough of a walk that takes hours. */
const everyMs = 1_000;

/** Makes run events of a walk: rows done, of how many, how that number is known, and the time that is left. */
export function tellBatches(
  name: string,
  { rows: before, total, totalFrom }: Checkpoint,
  { revision, options, statement, statements }: BackfillRun,
): BatchReport {
  const { emit, now } = options;
  const start = now();
  let rows = before;
  let toldAt = Number.NEGATIVE_INFINITY;
  let toldRows = -1;
  const tell = (): void => {
    if (toldRows === rows) return;
    toldRows = rows;
    toldAt = now();
    const leftMs = timeLeftMs({ done: rows - before, left: total - rows, tookMs: toldAt - start });
    emit({
      event: 'statement.progress',
      revision: revision.id,
      statement,
      statements,
      phase: `backfill of ${name}`,
      done: rows,
      total: Math.max(rows, total),
      totalFrom,
      ...(leftMs === undefined ? {} : { leftMs }),
    });
  };
  return {
    moved: (done) => {
      rows = done;
      if (now() - toldAt >= everyMs) tell();
    },
    blocked: (blocked) =>
      emit({
        event: 'lock.blocked',
        revision: revision.id,
        statement,
        blockers: options.blockers?.() ?? [],
        ...blocked,
      }),
    sayWhereItStopped: (error) => {
      tell();
      if (error instanceof BackfillPaused) return;
      const text = `The backfill "${name}" stopped: ${rowsText({ rows, total, totalFrom })} are done and stay; a rerun goes on behind them.`;
      emit({ event: 'message', level: 'info', text });
    },
    stop: tell,
  };
}
