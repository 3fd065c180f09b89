/** Writes the `.d.ts` files of the package's entry: those that its types reach, and no others. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const entry = 'runner/library.d.ts';

export async function writeDeclarations(directory: string): Promise<void> {
  const all = await mkdtemp(join(tmpdir(), 'wumbo-types-'));
  try {
    const tsc = resolve('node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', all]);
    for (const file of await reachable(join(all, entry))) {
      const target = join(directory, relative(all, file));
      await mkdir(dirname(target), { recursive: true });
      await copyFile(file, target);
    }
  } finally {
    await rm(all, { recursive: true, force: true });
  }
}

async function reachable(first: string): Promise<ReadonlySet<string>> {
  const found = new Set([first]);
  // The set grows while it is walked; a walk sees what is added to it.
  for (const file of found) {
    const text = await readFile(file, 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from |import\()["'](\.[^"']+)\.ts["']/g))
      found.add(resolve(dirname(file), `${specifier}.d.ts`));
  }
  return found;
}
