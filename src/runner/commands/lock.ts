import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../documents/documents.ts';
import { formatLockFile, lockFileName, lockFileProblems, lineOfConflict } from '../files/lock-file.ts';
import { readRevisions, type RevisionFolder } from '../files/read-revisions.ts';
import type { RunContext } from './run-context.ts';

/** Rewrites `migrations.lock` from the files as they are, and says what that changed. */
export async function lock({ settings, output }: RunContext): Promise<AnswerDocument<'lock'>> {
  const folder = await readRevisions(settings.migrations);
  const { directory, revisions, lockText } = folder;
  warnOfStrangers(folder, { output });
  const changes = lockText === undefined ? [] : lockFileProblems(lockText, revisions);
  const text = formatLockFile(revisions);
  if (text !== lockText) await writeFile(join(directory, lockFileName), text);
  return {
    file: join(directory, lockFileName),
    written: text !== lockText,
    changes,
    revisions: revisions.map(({ name, checksum }) => ({ name, checksum })),
  };
}

export function formatLock({ file, written, changes, revisions }: AnswerDocument<'lock'>): string {
  const said = written ? 'was written' : 'is up to date';
  return [
    `${file} ${said}: ${revisions.length} revision${revisions.length === 1 ? '' : 's'}`,
    ...changes.map((change) => `  ${change}`),
  ].join('\n');
}

/** Both branches added a revision: the one that is merged later must also sort later. */
const mergeHint =
  'Keep the revision files of both branches, `migrate rebase` the one that is not applied anywhere yet, then `migrate lock` writes the file anew.';

/** Warns of files that look as if they were to run, but are not named as revisions are. */
export function warnOfStrangers({ strangers }: RevisionFolder, { output }: Pick<RunContext, 'output'>): void {
  if (strangers.length === 0) return;
  const text = `Not revisions, so never run: ${strangers.slice(0, 5).join(', ')}. A revision is named YYYYMMDDHHMMSS_lower_case_words.sql.`;
  output.emit({ event: 'message', level: 'warning', text });
}

/**
 * Refuses files that disagree with `migrations.lock`.
 * @throws AppError `lock-file` (5) that names every disagreement.
 */
export function refuseLockFileProblems({ lockText, revisions }: RevisionFolder): void {
  const problems = lockFileProblems(lockText, revisions);
  if (problems.length === 0) return;
  const [only] = problems;
  throw new AppError({
    code: 'lock-file',
    exitCode: exitCodes.historyUnsound,
    message:
      problems.length === 1 ? `${only ?? ''}.` : `The files and ${lockFileName} disagree:\n  ${problems.join('\n  ')}`,
    hint:
      lockText !== undefined && lineOfConflict(lockText) !== undefined
        ? mergeHint
        : 'If the files are right, run `migrate lock` and commit the result; else restore them from git.',
  });
}
