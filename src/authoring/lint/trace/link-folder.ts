import { symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { checksumOf } from '../../../runner/files/normalised-text.ts';
import { formatLockFile, lockFileName } from '../../../runner/files/lock-file.ts';
import type { LintSource } from '../sources/read-sources.ts';

/** A folder of links with a lock file of its own: what is being written need not be in the real one yet. */
export async function linkFolder(folder: string, sources: readonly LintSource[]): Promise<void> {
  const revisions = sources.filter(({ id, content }) => id !== '' && content.kind !== 'unreadable');
  for (const { path } of revisions) await symlink(path, join(folder, basename(path)));
  const locked = revisions.map(({ name, text }) => ({ name, checksum: checksumOf(text) }));
  await writeFile(join(folder, lockFileName), formatLockFile(locked));
}
