import { insertEvent } from '../../database/record/write-record.ts';
import { readRevisions } from '../../files/read-revisions.ts';
import { checkPlanHash, refuseOtherPlan } from '../../plan/refuse-other-plan.ts';
import { readRunIdentity } from '../../run-identity.ts';
import { refuseLockFileProblems, warnOfStrangers } from '../lock.ts';
import { outOfOrderEvent, prepareUpgrade } from './prepare-upgrade.ts';
import { readPlanBasis } from '../plan/read-plan-basis.ts';
import type { RunContext } from '../run-context.ts';
import { runPlan } from './run-plan.ts';
import type { RunState } from './run-state.ts';

/**
 * Applies the pending revisions up to and including the target. Every file is read and parsed before the first one runs.
 * @throws AppError, RevisionError: see the exit codes.
 */
export async function upgrade(
  context: RunContext,
  state: RunState,
  { target, allowOutOfOrder }: { readonly target: string; readonly allowOutOfOrder: boolean },
): Promise<void> {
  const folder = await readRevisions(context.settings.migrations);
  refuseLockFileProblems(folder);
  warnOfStrangers(folder, context);
  await runPlan(context, state, {
    command: 'upgrade',
    target,
    folder,
    plan: async (session, applied, folder) => {
      const { revisions, late } = await prepareUpgrade(folder, applied, {
        target,
        allowOutOfOrder,
        atomic: context.settings.atomic,
      });
      const { planHash, atomic } = context.settings;
      if (planHash !== undefined) checkPlanHash(planHash);
      // When nothing is left to run there is nothing to refuse: it has run already.
      if (planHash !== undefined && revisions.length > 0) {
        const { historySchema } = context.settings;
        const basis = await readPlanBasis(session, historySchema, { revisions, applied, files: folder.revisions });
        refuseOtherPlan(planHash, { ...basis, atomic });
      }
      if (late.length > 0) {
        const run = await readRunIdentity({ ...context.identity, environment: context.environment });
        await insertEvent(session, context.settings.historySchema, outOfOrderEvent(late), run);
      }
      return revisions;
    },
  });
}
