import { AppError } from '../../../contract/app-error.ts';
import { formatDuration } from '../../../contract/duration.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';

/** The budget of the run was over at the border of a batch: nothing failed, and the next run goes on there. */
export class BackfillPaused extends AppError {
  override readonly name = 'BackfillPaused';

  constructor({ revision, budgetMs, done }: { revision: string; budgetMs: number; done: string }) {
    super({
      code: 'budget-over',
      exitCode: exitCodes.stoppedHalfway,
      message: `The budget of ${formatDuration(budgetMs)} is over, and the backfill of ${revision} paused between two batches: ${done}. Nothing failed, and the next run goes on there.`,
      hint: 'Run the same command again; --budget 0 takes away the limit.',
    });
  }
}
