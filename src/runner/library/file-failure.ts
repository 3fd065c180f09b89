import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** What the codes of the operating system mean: https://nodejs.org/api/errors.html#common-system-errors */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  ENOENT: 'the folder is not there',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it is there already',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
};

/** A file that could not be written or read, for people; `undefined` for every other error. */
export function fileFailure(error: unknown): AppError | undefined {
  if (!(error instanceof Error) || !('code' in error && 'path' in error)) return undefined;
  const { code, path } = error;
  const meaning = meanings[String(code)];
  if (meaning === undefined || typeof path !== 'string') return undefined;
  return new AppError({
    code: 'file-failure',
    exitCode: exitCodes.usage,
    message: `${path} cannot be written or read: ${meaning} (${String(code)}).`,
    hint: 'Mend that, or name another folder with --migrations (MIGRATE_MIGRATIONS), then run this again.',
    cause: error,
  });
}
