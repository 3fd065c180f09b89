import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { RecordEvent } from '../../database/record/write-record.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';
import { loadScriptRevision } from '../../files/load-script-revision.ts';
import { readRevisionText, type RevisionFile, type RevisionFolder } from '../../files/read-revisions.ts';
import { countStatements, readSqlRevision } from '../../files/read-sql-revision.ts';
import { checkHistory, refuseUnsoundHistory } from '../../history/check-history.ts';
import { planUpgrade } from '../../history/plan-run.ts';
import type { AppliedRevision, KnownRevision } from '../../history/record.ts';
import { refuseNonTransactional } from './refuse-non-transactional.ts';

/** What an upgrade will run. */
export interface PreparedUpgrade {
  readonly revisions: readonly RunnableRevision[];
  /** Those of them that sort before an applied one and are allowed to. */
  readonly late: readonly KnownRevision[];
}

export interface UpgradeRequest {
  readonly target: string;
  readonly allowOutOfOrder: boolean;
  /** Whether all of it is to be one transaction. */
  readonly atomic: boolean;
}

/**
 * Checks the history and makes every revision up to the target ready, before the first one runs.
 * @throws AppError for an unsound history (4, 5), a wrong target, or a file that cannot be read or holds nothing (2).
 */
export async function prepareUpgrade(
  folder: RevisionFolder,
  applied: readonly AppliedRevision[],
  { target, allowOutOfOrder, atomic }: UpgradeRequest,
): Promise<PreparedUpgrade> {
  const findings = checkHistory(folder.revisions, applied);
  refuseUnsoundHistory(findings, { allowOutOfOrder });
  const revisions = await Promise.all(planUpgrade(target, folder.revisions, applied).map(readyToApply));
  if (atomic) refuseNonTransactional(revisions);
  const late = findings.outOfOrder.filter(({ id }) => revisions.some((revision) => revision.id === id));
  return { revisions, late };
}

/** The event that keeps who allowed which revisions to run late. */
export function outOfOrderEvent(late: readonly KnownRevision[]): RecordEvent {
  const detail = { revisions: late.map(({ name }) => name) };
  return { event: 'out-of-order', reason: '--allow-out-of-order', detail };
}

async function readyToApply(revision: RevisionFile): Promise<RunnableRevision> {
  const shared = { ...revision, direction: 'up' } as const;
  if (revision.extension !== 'sql') {
    const text = readRevisionText(revision);
    const module = await loadScriptRevision(revision);
    const work = { kind: 'script', run: module.up } as const;
    const transactional = module.transaction ?? true;
    const hasFileDown = module.down !== undefined;
    return { ...shared, text, transactional, work, upBody: text, downBody: undefined, hasFileDown };
  }
  const { text, up, upBody, downBody, unstored } = await readSqlRevision(revision);
  if (countStatements(up) === 0) {
    throw new AppError({
      code: 'empty-revision',
      exitCode: exitCodes.usage,
      message: `${revision.file} has nothing to run: its "-- migrate:up" section holds no statement.`,
      hint: 'Write the statements, or remove the file and run `migrate lock`.',
    });
  }
  const { transactional } = up.section;
  const hasFileDown = unstored?.includes('down') === true;
  return { ...shared, text, transactional, work: up, upBody, downBody, unstored, hasFileDown };
}
