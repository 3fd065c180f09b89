import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

export interface DumpFile {
  readonly name: string;
  readonly text: string;
}

/** Ours: what an earlier dump left behind is removed with `--force`, or two dumps would be one schema. */
const ourName = /^\d\d_[a-z_]+\.sql$/;

/**
 * Writes the files into the folder, which must hold nothing yet unless `force`.
 * @throws AppError `dump-exists` (2).
 */
export async function writeDumpFiles(
  directory: string,
  files: readonly DumpFile[],
  { force }: { readonly force: boolean },
): Promise<readonly string[]> {
  const there = await readdir(directory).catch(() => []);
  if (there.length > 0 && !force) throw exists(`The folder ${directory} is not empty`);
  await mkdir(directory, { recursive: true });
  for (const name of there.filter((name) => ourName.test(name))) await rm(join(directory, name));
  const paths = files.map(({ name }) => join(directory, name));
  await Promise.all(files.map(({ name, text }) => writeFile(join(directory, name), text)));
  return paths;
}

/** @throws AppError `dump-exists` (2). */
export async function writeDumpFile(file: string, text: string, { force }: { readonly force: boolean }): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { flag: force ? 'w' : 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(`The file ${file} is there already`);
    throw error;
  });
}

function exists(what: string): AppError {
  return new AppError({
    code: 'dump-exists',
    exitCode: exitCodes.usage,
    message: `${what}; nothing was written.`,
    hint: 'Name another place with -o, or write over it with --force.',
  });
}
