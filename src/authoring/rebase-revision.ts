import { constants } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { formatLockFile, lockFileName } from '../runner/files/lock-file.ts';
import type { RevisionFile, RevisionFolder } from '../runner/files/read-revisions.ts';
import { idAfter } from './write-revision.ts';

export interface Rebase {
  readonly folder: RevisionFolder;
  readonly revision: RevisionFile;
  /** Id of the newest revision that it must sort behind. */
  readonly newest: string;
  readonly now: Date;
}

/**
 * Gives the revision a new timestamp, so that it sorts last: renames its file, never over another, and moves its line of the
 * lock file to the end. Its text, and so its checksum, stay. Answers the new name and path.
 * @throws AppError `file-exists` (2).
 */
export async function rebaseRevision({
  folder,
  revision,
  newest,
  now,
}: Rebase): Promise<{ name: string; path: string }> {
  const name = `${idAfter(newest, now)}${revision.name.slice(revision.id.length)}`;
  const path = join(dirname(revision.path), `${name}.${revision.extension}`);
  try {
    // `rename` would replace a file of that name without a word.
    await copyFile(revision.path, path, constants.COPYFILE_EXCL);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new AppError({
      code: 'file-exists',
      exitCode: exitCodes.usage,
      message: `${path} is there already.`,
      hint: 'Run it again in a second.',
      cause,
    });
  }
  await rm(revision.path);
  await writeFile(join(folder.directory, lockFileName), movedToTheEnd(folder, revision, name));
  return { name, path };
}

/** The lock file with the revision's line at its end, under its new name; the other lines, comments too, as they were. */
function movedToTheEnd(
  { lockText, revisions }: RevisionFolder,
  { name, checksum }: RevisionFile,
  newName: string,
): string {
  const lines = (lockText ?? formatLockFile(revisions)).split('\n');
  const others = lines.filter((line) => !line.startsWith(`${name} `)).join('\n');
  return `${others}${others.endsWith('\n') || others === '' ? '' : '\n'}${newName} ${checksum}\n`;
}
