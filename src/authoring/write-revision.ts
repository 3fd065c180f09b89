import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { formatLockFile, lockFileName } from '../runner/files/lock-file.ts';
import { checksumOf } from '../runner/files/normalised-text.ts';
import { readRevisions, type RevisionFolder } from '../runner/files/read-revisions.ts';
import { revisionIdAt, slugOf } from '../runner/files/revision-name.ts';

export interface NewRevision {
  readonly directory: string;
  readonly message: string;
  readonly format: 'sql' | 'ts';
  readonly now: Date;
}

/**
 * Writes an empty revision that sorts behind every other, never over an existing file, and appends it to the lock file.
 * Answers the path.
 * @throws AppError `bad-message` (2) when the message has no letter or digit.
 */
export async function writeRevision({ directory, message, format, now }: NewRevision): Promise<string> {
  const slug = slugOf(message);
  if (slug === '') {
    throw new AppError({
      code: 'bad-message',
      exitCode: exitCodes.usage,
      message: `The message "${message}" gives no file name.`,
      hint: 'Say what changes in words: `migrate revision -m "add user preferences"`.',
    });
  }
  await mkdir(directory, { recursive: true });
  const folder = await readRevisionsOrNone(directory);
  const id = idAfter(folder?.revisions.at(-1)?.id, now);
  const name = `${id}_${slug}`;
  const text = format === 'sql' ? sqlTemplate(message) : tsTemplate(message);
  const path = join(directory, `${name}.${format}`);
  // `wx`: fails when the file exists.
  await writeFile(path, text, { flag: 'wx' });
  const lines = folder?.lockText ?? formatLockFile(folder?.revisions ?? []);
  const end = lines.endsWith('\n') ? '' : '\n';
  await writeFile(join(directory, lockFileName), `${lines}${end}${name} ${checksumOf(text)}\n`);
  return path;
}

/** Now, or one second behind the newest revision when a clock elsewhere was ahead. */
function idAfter(newest: string | undefined, now: Date): string {
  const id = revisionIdAt(now);
  if (newest === undefined || id > newest) return id;
  const [, year, month, day, hour, minute, second] = /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(newest) ?? [];
  return revisionIdAt(new Date(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + 1_000));
}

async function readRevisionsOrNone(directory: string): Promise<RevisionFolder | undefined> {
  try {
    return await readRevisions(directory);
  } catch (error) {
    if (error instanceof AppError && error.code === 'migrations-folder') return undefined;
    throw error;
  }
}

function sqlTemplate(message: string): string {
  return `-- ${oneLine(message)}

-- migrate:up

-- migrate:down
`;
}

function tsTemplate(message: string): string {
  return `// ${oneLine(message)}
import type { RevisionContext } from 'wumbo-migrations';

export const up = async ({ sql }: RevisionContext): Promise<void> => {
  await sql\`SELECT 1\`;
};

export const down = async ({ sql }: RevisionContext): Promise<void> => {
  await sql\`SELECT 1\`;
};
`;
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}
