import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
  const slug = requireSlug(message, 'migrate revision');
  await makeFolder(directory);
  const folder = await readRevisionsOrNone(directory);
  const id = idAfter(folder?.revisions.at(-1)?.id, now);
  const name = `${id}_${slug}`;
  const text = format === 'sql' ? sqlTemplate(message) : tsTemplate(message);
  const path = join(directory, `${name}.${format}`);
  // `wx`: fails when the file exists.
  await writeFile(path, text, { flag: 'wx' });
  const lockText = folder?.lockText ?? (await readFile(join(directory, lockFileName), 'utf8').catch(() => undefined));
  const lines = lockText ?? formatLockFile(folder?.revisions ?? []);
  const end = lines.endsWith('\n') ? '' : '\n';
  await writeFile(join(directory, lockFileName), `${lines}${end}${name} ${checksumOf(text)}\n`);
  return path;
}

/**
 * The words of a message as they stand in a file's name.
 * @throws AppError `bad-message` (2) when the message has no letter or digit; its hint gives the command again.
 */
export function requireSlug(message: string, command: string): string {
  const slug = slugOf(message);
  if (slug !== '') return slug;
  throw new AppError({
    code: 'bad-message',
    exitCode: exitCodes.usage,
    message: `The message "${message}" gives no file name.`,
    hint: `Say what changes in words: \`${command} -m "add user preferences"\`.`,
  });
}

/**
 * The id of a revision that sorts last: now, or one second behind the newest when a clock elsewhere was ahead.
 * @throws AppError `bad-revision-id` (2).
 */
export function idAfter(newest: string | undefined, now: Date): string {
  const id = revisionIdAt(now);
  if (newest === undefined || id > newest) return id;
  const [, year, month, day, hour, minute, second] = /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(newest) ?? [];
  const newestMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const next = Number.isNaN(newestMs) ? '' : revisionIdAt(new Date(newestMs + 1_000));
  if (next > newest) return next;
  throw new AppError({
    code: 'bad-revision-id',
    exitCode: exitCodes.usage,
    message: `The newest revision ${newest} is no date, so no later one can be made.`,
    hint: 'Give it a timestamp YYYYMMDDHHMMSS, then run `migrate lock`.',
  });
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new AppError({
      code: 'migrations-folder',
      exitCode: exitCodes.usage,
      message: `The migrations folder ${directory} cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
      hint: 'Name another with --migrations DIR or MIGRATE_MIGRATIONS.',
      cause,
    });
  }
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
--
-- On a table that is in use, so that nobody waits (\`migrate lint\` says which statement needs it, and how):
--   an index: CREATE INDEX CONCURRENTLY in a revision of its own that begins with \`-- migrate:up transaction:false\`
--   CHECK, FOREIGN KEY: ADD CONSTRAINT … NOT VALID here, VALIDATE CONSTRAINT in the next revision
--   NOT NULL: the same with CHECK (c IS NOT NULL), then SET NOT NULL, then DROP CONSTRAINT
--   many rows: \`-- migrate:batch\` above UPDATE or DELETE (docs/backfills.md)
--   what old code still uses: DROP and RENAME in the next release

-- migrate:up

-- migrate:down
`;
}

function tsTemplate(message: string): string {
  return `// ${oneLine(message)}
//
// Many rows: batch() gives each batch a transaction of its own (docs/backfills.md). On a table that is in use: CREATE INDEX
// CONCURRENTLY with \`export const transaction = false\`, ADD CONSTRAINT … NOT VALID here and VALIDATE CONSTRAINT in the next
// revision, DROP and RENAME in the next release. \`migrate lint\` says which statement needs it, and how.
import type { RevisionContext } from 'wumbo-migrations';

export const up = async ({ sql }: RevisionContext): Promise<void> => {
  await sql\`SELECT 1\`;
};

export const down = async ({ sql }: RevisionContext): Promise<void> => {
  await sql\`SELECT 1\`;
};
`;
}

/** The message as the words of a comment. */
export function oneLine(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  // `-- migrate:up` and `-- alembic: …` mean something at the start of a line.
  return /^(migrate|alembic|adopted|replaces) ?:/i.test(line) ? `"${line}"` : line;
}
