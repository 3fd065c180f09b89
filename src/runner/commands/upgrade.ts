import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { insertEvent } from '../database/record-tables.ts';
import type { RunnableRevision } from '../database/runnable-revision.ts';
import { loadScriptRevision } from '../files/load-script-revision.ts';
import { parseSqlRevision, storedBody } from '../files/parse-sql-revision.ts';
import { readRevisions, readRevisionText, type RevisionFile } from '../files/read-revisions.ts';
import { checkHistory, refuseUnsoundHistory } from '../history/check-history.ts';
import { planUpgrade } from '../history/plan-run.ts';
import { readRunIdentity } from '../run-identity.ts';
import { refuseLockFileProblems, warnOfStrangers } from './lock.ts';
import type { RunContext } from './run-context.ts';
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
    plan: async (session, applied) => {
      const findings = checkHistory(folder.revisions, applied);
      refuseUnsoundHistory(findings, { allowOutOfOrder });
      const revisions = await Promise.all(planUpgrade(target, folder.revisions, applied).map(readyToApply));
      const late = findings.outOfOrder.filter(({ id }) => revisions.some((revision) => revision.id === id));
      if (late.length > 0) {
        const run = await readRunIdentity({ ...context.identity, environment: context.environment });
        const detail = { revisions: late.map(({ name }) => name) };
        await insertEvent(
          session,
          context.settings.historySchema,
          { event: 'out-of-order', reason: '--allow-out-of-order', detail },
          run,
        );
      }
      return revisions;
    },
  });
}

async function readyToApply(revision: RevisionFile): Promise<RunnableRevision> {
  const text = await readRevisionText(revision);
  const shared = { ...revision, direction: 'up', text } as const;
  if (revision.extension !== 'sql') {
    const module = await loadScriptRevision(revision);
    const work = { kind: 'script', run: module.up } as const;
    return { ...shared, transactional: module.transaction ?? true, work, upBody: text, downBody: undefined };
  }
  const { up, down } = parseSqlRevision(text, revision.file);
  if (up.statements.length === 0) {
    throw new AppError({
      code: 'empty-revision',
      exitCode: exitCodes.usage,
      message: `${revision.file} has nothing to run: its "-- migrate:up" section holds no statement.`,
      hint: 'Write the statements, or remove the file and run `migrate lock`.',
    });
  }
  return {
    ...shared,
    transactional: up.transactional,
    work: { kind: 'sql', section: up },
    upBody: storedBody('up', up),
    downBody: down && storedBody('down', down),
  };
}
