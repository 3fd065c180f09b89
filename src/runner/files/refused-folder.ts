import { resolve } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** Node's own, of a call to the system. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** A file of the folder that is there and cannot be read. */
export function unreadableFile(file: string, cause: NodeJS.ErrnoException): AppError {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not read it',
    EPERM: 'this user may not read it',
    EISDIR: 'it is a folder',
    ENOENT: 'it is a link to nothing',
    ELOOP: 'it is a link to itself',
  };
  const reason = reasons[cause.code ?? ''] ?? cause.code ?? 'unknown reason';
  return new AppError({
    code: 'unreadable-file',
    exitCode: exitCodes.usage,
    message: `${file} cannot be read: ${reason}.`,
    hint: 'Mend or remove it; in an image, COPY with --chown or give read rights to everybody.',
    cause,
  });
}

/** An image built without its COPY must not look like "nothing to do". */
export function emptyFolder(directory: string, strangers: readonly string[]): AppError {
  const found = strangers.length === 0 ? 'is empty' : `holds no revision (found: ${strangers.slice(0, 5).join(', ')})`;
  return new AppError({
    code: 'migrations-folder',
    exitCode: exitCodes.usage,
    message: `The migrations folder ${resolve(directory)} ${found}.`,
    hint: 'A revision is named YYYYMMDDHHMMSS_words.sql; `migrate revision -m "what changes"` writes one.',
  });
}

/** @throws AppError `duplicate-revision` (2): two files with one id, ours or Alembic's. */
export function refuseDuplicates(sorted: readonly NamedFile[]): void {
  const alembicIds = new Map<string, NamedFile>();
  for (const revision of sorted) {
    const other = revision.alembicId === undefined ? undefined : alembicIds.get(revision.alembicId);
    if (other) {
      throw new AppError({
        code: 'duplicate-revision',
        exitCode: exitCodes.usage,
        message: `Two files have the Alembic id ${revision.alembicId}: ${other.file} and ${revision.file}.`,
        hint: 'Take the line `-- alembic: …` out of the one that Alembic never had, then run `migrate lock`.',
      });
    }
    if (revision.alembicId !== undefined) alembicIds.set(revision.alembicId, revision);
  }
  let before: NamedFile | undefined;
  for (const revision of sorted) {
    if (before?.id === revision.id) {
      throw new AppError({
        code: 'duplicate-revision',
        exitCode: exitCodes.usage,
        message: `Two files have the revision id ${revision.id}: ${before.file} and ${revision.file}.`,
        hint: 'Give one of them another timestamp, then run `migrate lock`.',
      });
    }
    before = revision;
  }
}

interface NamedFile {
  readonly id: string;
  readonly file: string;
  readonly alembicId: string | undefined;
}
