import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { decodeText } from '../../../runner/files/normalised-text.ts';

/** Names of the files in the folder, sorted. @throws the system's error. */
export async function fileNames(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
}

/** The file's text with LF line ends. @throws AppError `unreadable-text` for what is no UTF-8. */
export async function readText(directory: string, name: string): Promise<string> {
  return decodeText(await readFile(join(directory, name)), name).replaceAll('\r\n', '\n');
}
