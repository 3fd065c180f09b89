import type { BatchMarker } from '../../files/batch-marker.ts';
import type { Statement } from '../../files/split-statements.ts';
import { runBatches, type BackfillRun } from './run-batches.ts';
import type { Session } from '../connection/session.ts';
import { StatementFailure } from '../run/statement-failure.ts';

/**
 * Runs a statement under a `-- migrate:batch` marker for one batch after the other: its parameters `$1`, … are the first key of
 * the batch, column by column, then the last one.
 * @throws StatementFailure
 */
export async function runSqlBatches(
  session: Session,
  { text, offset, batch }: Statement & { readonly batch: BatchMarker },
  backfillRun: BackfillRun,
): Promise<void> {
  try {
    const run = { ...batch, name: batch.table, where: undefined, columns: [] };
    await runBatches(
      session,
      { ...run, run: async ({ from, to }) => void (await session.query(text, [...from, ...to])) },
      backfillRun,
    );
  } catch (error) {
    const { statement, statements } = backfillRun;
    throw new StatementFailure(error, { offset, sent: text, statement, statements });
  }
}
