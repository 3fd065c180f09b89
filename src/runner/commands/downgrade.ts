import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { readStoredDown } from '../database/record-tables.ts';
import type { RunnableRevision } from '../database/runnable-revision.ts';
import type { Session } from '../database/session.ts';
import { loadScriptRevision } from '../files/load-script-revision.ts';
import { parseSqlRevision, parseStoredDown } from '../files/parse-sql-revision.ts';
import { readRevisions, readRevisionText, type RevisionFile } from '../files/read-revisions.ts';
import { checkHistory, refuseUnsoundHistory } from '../history/check-history.ts';
import { planDowngrade } from '../history/plan-run.ts';
import type { AppliedRevision } from '../history/record.ts';
import { refuseLockFileProblems } from './lock.ts';
import type { RunContext } from './run-context.ts';
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
    plan: async (session, applied) => {
      // A database that is ahead of these files can be taken back: that is what the stored bodies are for.
      const { edited } = checkHistory(folder.revisions, applied);
      refuseUnsoundHistory({ edited, ahead: [], missing: [], outOfOrder: [] }, { allowOutOfOrder: true });
      const files = new Map(folder.revisions.map((file) => [file.id, file]));
      const ready: RunnableRevision[] = [];
      for (const row of planDowngrade(target, folder.revisions, applied)) {
        const file = files.get(row.id);
        ready.push(
          file ? await readyFromFile(file) : await readyFromRecord(session, context.settings.historySchema, row),
        );
      }
      return ready;
    },
  });
}

async function readyFromFile(file: RevisionFile): Promise<RunnableRevision> {
  const text = await readRevisionText(file);
  const shared = { ...file, direction: 'down', text, upBody: undefined, downBody: undefined } as const;
  if (file.extension === 'sql') {
    const section = parseSqlRevision(text, file.file).down;
    if (!section) throw irreversible(file.file);
    return { ...shared, transactional: section.transactional, work: { kind: 'sql', section } };
  }
  const module = await loadScriptRevision(file);
  if (!module.down) throw irreversible(file.file);
  return { ...shared, transactional: module.transaction ?? true, work: { kind: 'script', run: module.down } };
}

async function readyFromRecord(session: Session, schema: string, row: AppliedRevision): Promise<RunnableRevision> {
  const body = await readStoredDown(session, schema, row.id);
  const file = `the record's copy of ${row.name}`;
  if (body === undefined) throw irreversible(file);
  const { text, section } = parseStoredDown(body, file);
  return {
    ...row,
    file,
    text,
    direction: 'down',
    transactional: section.transactional,
    work: { kind: 'sql', section },
    upBody: undefined,
    downBody: undefined,
  };
}

function irreversible(file: string): AppError {
  return new AppError({
    code: 'irreversible',
    exitCode: exitCodes.usage,
    message: `${file} has no down, so nothing was reverted.`,
    hint: 'Go forward with a new revision; where nothing needs undoing, `SELECT 1;` is a down.',
  });
}
