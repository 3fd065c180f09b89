import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';

/** @throws AppError `not-atomic` (2) for the first revision that cannot be a part of one transaction. */
export function refuseNonTransactional(revisions: readonly RunnableRevision[]): void {
  const first = revisions.find(({ transactional }) => !transactional);
  if (!first) return;
  throw new AppError({
    code: 'not-atomic',
    exitCode: exitCodes.usage,
    message: `${first.file} runs without a transaction, so it cannot be part of an --atomic run; nothing was run.`,
    hint: `Leave out --atomic (and MIGRATE_ATOMIC), at least for the run that holds ${first.id}.`,
  });
}
