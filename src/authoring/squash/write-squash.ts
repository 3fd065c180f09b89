import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { squashedFolder } from '../../runner/files/baseline.ts';
import { formatLockFile, lockFileName } from '../../runner/files/lock-file.ts';
import { checksumOf } from '../../runner/files/normalised-text.ts';
import type { RevisionFile } from '../../runner/files/read-revisions.ts';
import type { SquashPlan } from './choose-replaced.ts';

export interface Squash {
  readonly plan: SquashPlan;
  readonly text: string;
  /** Revisions behind the replaced ones. */
  readonly later: readonly RevisionFile[];
}

/**
 * Writes the baseline and moves what it replaces. The order is the safety: copies first, which nothing reads; then, each by a
 * rename, the baseline, which makes replaced files count as squashed wherever they lie, and the lock file; the old files go
 * last. Synchronous, so that no signal comes between. A machine that dies between the two renames leaves a lock file that
 * `migrate lock` mends. Answers the path of the baseline.
 * @throws AppError `file-exists` (2) before anything has changed.
 */
export function writeSquash(directory: string, { plan, text, later }: Squash): string {
  const path = join(directory, `${plan.name}.sql`);
  if (existsSync(path)) throw exists(path);
  const moving = plan.files.filter((file) => !plan.staying.includes(file));
  const home = join(directory, squashedFolder);
  mkdirSync(home, { recursive: true });
  for (const file of moving) copyInto(home, join(directory, basename(file.path)));
  writeByRename(path, text);
  const locked = [{ name: plan.name, checksum: checksumOf(text) }, ...later];
  writeByRename(join(directory, lockFileName), formatLockFile(locked));
  for (const file of moving) rmSync(join(directory, basename(file.path)));
  return path;
}

/** A file of the same bytes is what an interrupted squash has left. */
function copyInto(home: string, from: string): void {
  const to = join(home, basename(from));
  if (existsSync(to)) {
    if (!readFileSync(to).equals(readFileSync(from))) throw exists(to);
    return;
  }
  const part = join(home, `.${basename(from)}.tmp`);
  copyFileSync(from, part);
  renameSync(part, to);
}

function writeByRename(path: string, text: string): void {
  const part = `${path}.tmp`;
  writeFileSync(part, text, { flush: true });
  renameSync(part, path);
}

function exists(path: string): AppError {
  return new AppError({
    code: 'file-exists',
    exitCode: exitCodes.usage,
    message: `${path} is there already, and it is another text.`,
    hint: 'Move it away, or give the baseline other words with -m.',
  });
}
