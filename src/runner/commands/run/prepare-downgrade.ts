import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';
import { loadScriptRevision } from '../../files/load-script-revision.ts';
import { parseStoredDown } from '../../files/parse-sql-revision.ts';
import { readRevisionText, type RevisionFile, type RevisionFolder } from '../../files/read-revisions.ts';
import { readSqlRevision } from '../../files/read-sql-revision.ts';
import { checkHistory, refuseUnsoundHistory } from '../../history/check-history.ts';
import { planDowngrade } from '../../history/plan-run.ts';
import type { AppliedRevision } from '../../history/record.ts';
import { refuseNonTransactional } from './refuse-non-transactional.ts';

export interface DowngradeRequest {
  readonly target: string;
  /** Whether all of it is to be one transaction. */
  readonly atomic: boolean;
  readonly storedDown: (id: string) => Promise<string | undefined>;
}

/**
 * Checks the history and makes every revision down to the target ready to be reverted, before the first one runs.
 * @throws AppError for an edited file (5), a wrong target, or a revision without a down (2).
 */
export async function prepareDowngrade(
  folder: RevisionFolder,
  applied: readonly AppliedRevision[],
  { target, atomic, storedDown }: DowngradeRequest,
): Promise<readonly RunnableRevision[]> {
  // A database that is ahead of these files can be taken back: that is what the stored bodies are for.
  const { edited } = checkHistory(folder.revisions, applied);
  refuseUnsoundHistory({ edited, ahead: [], missing: [], outOfOrder: [] }, { allowOutOfOrder: true });
  const files = new Map(folder.revisions.map((file) => [file.id, file]));
  const ready: RunnableRevision[] = [];
  for (const row of planDowngrade(target, folder.revisions, applied)) {
    const file = files.get(row.id);
    ready.push(
      file && file.isAbsent !== true ? await readyFromFile(file) : readyFromRecord(row, await storedDown(row.id)),
    );
  }
  if (atomic) refuseNonTransactional(ready);
  return ready;
}

async function readyFromFile(file: RevisionFile): Promise<RunnableRevision> {
  const shared = { ...file, direction: 'down', upBody: undefined, downBody: undefined } as const;
  if (file.extension === 'sql') {
    const { text, down } = await readSqlRevision(file);
    if (!down) throw file.replaces === undefined ? irreversible(file.file) : irreversibleBaseline(file);
    return { ...shared, text, transactional: down.section.transactional, work: down };
  }
  const text = readRevisionText(file);
  const module = await loadScriptRevision(file);
  if (!module.down) throw irreversible(file.file);
  return { ...shared, text, transactional: module.transaction ?? true, work: { kind: 'script', run: module.down } };
}

function readyFromRecord(row: AppliedRevision, body: string | undefined): RunnableRevision {
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

function irreversibleBaseline({ file, replaces = [] }: RevisionFile): AppError {
  return new AppError({
    code: 'irreversible',
    exitCode: exitCodes.usage,
    message: `${file} is a baseline: this database began with it, so the ${replaces.length} revisions that it replaces cannot be reverted one by one. Nothing was reverted.`,
    hint: 'Go forward with a new revision; an empty database is a new one.',
  });
}

function irreversible(file: string): AppError {
  return new AppError({
    code: 'irreversible',
    exitCode: exitCodes.usage,
    message: `${file} has no down, so nothing was reverted.`,
    hint: 'Go forward with a new revision; where nothing needs undoing, `SELECT 1;` is a down.',
  });
}
