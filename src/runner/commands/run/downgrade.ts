import { readStoredDown } from '../../database/record/record-tables.ts';
import { readRevisions } from '../../files/read-revisions.ts';
import { refuseLockFileProblems } from '../lock.ts';
import { prepareDowngrade } from './prepare-downgrade.ts';
import { refuseHalfwayAbove } from './refuse-halfway.ts';
import type { RunContext } from '../run-context.ts';
import { runPlan } from './run-plan.ts';
import type { RunState } from './run-state.ts';

/**
 * Reverts revisions down to the target, which stays applied. The whole range must have a down before the first one runs; a
 * revision whose file is gone is reverted with the body that was stored when it was applied.
 * @throws AppError, RevisionError: see the exit codes; `irreversible` (2) names the revision without a down.
 */
export async function downgrade(
  context: RunContext,
  state: RunState,
  { target }: { readonly target: string },
): Promise<void> {
  const folder = await readRevisions(context.settings.migrations);
  refuseLockFileProblems(folder);
  await runPlan(context, state, {
    command: 'downgrade',
    target,
    folder,
    plan: async (session, applied, folder) => {
      const { atomic, historySchema } = context.settings;
      const storedDown = (id: string): Promise<string | undefined> => readStoredDown(session, historySchema, id);
      const revisions = await prepareDowngrade(folder, applied, { target, atomic, storedDown });
      await refuseHalfwayAbove(session, historySchema, revisions);
      return revisions;
    },
  });
}
