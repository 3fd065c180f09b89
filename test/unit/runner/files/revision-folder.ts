import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { onTestFinished } from 'vitest';

/** A folder `migrations` with these files (by name) that lives as long as the test; answers its path. */
export async function revisionFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'wumbo-unit-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const directory = join(parent, 'migrations');
  await mkdir(directory);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}
