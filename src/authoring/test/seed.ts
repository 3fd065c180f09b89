import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { decodeText } from '../../runner/files/normalised-text.ts';
import type { RevisionFile } from '../../runner/files/read-revisions.ts';

/** Rows to be loaded once a revision is applied, by its id. */
export type Seeds = ReadonlyMap<string, string>;

/**
 * Reads `test/seed.sql` beside the revision folder: SQL in parts, each under a line `-- after <revision>`. No file, no seeds.
 * @throws AppError `seed-file` (2) for SQL before the first such line, and for a revision that is not there.
 */
export async function readSeeds(directory: string, revisions: readonly RevisionFile[]): Promise<Seeds> {
  const path = join(dirname(resolve(directory)), 'test/seed.sql');
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return new Map();
  const [head = '', ...parts] = decodeText(bytes, path).split(/^--[ \t]*after[ \t]+(\S+)[ \t]*\r?$/m);
  if (head.replaceAll(/^--.*$/gm, '').trim() !== '') throw unfit('begins with SQL that is under no revision');
  const seeds = new Map<string, string>();
  for (let index = 0; index < parts.length; index += 2) {
    const name = parts[index] ?? '';
    const revision = revisions.find((one) => one.id === name || one.name === name);
    if (revision === undefined) throw unfit(`names the revision ${name}, which is not there`);
    seeds.set(revision.id, `${seeds.get(revision.id) ?? ''}${parts[index + 1] ?? ''}`);
  }
  return seeds;
}

function unfit(what: string): AppError {
  return new AppError({
    code: 'seed-file',
    exitCode: exitCodes.usage,
    message: `test/seed.sql ${what}.`,
    hint: 'Put each part under a line `-- after 20260101000001`, with the id of the revision after which it is loaded.',
  });
}
