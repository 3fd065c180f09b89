import { open } from 'node:fs/promises';

import { parseSqlFile, type FileSection } from './parse-sql-file.ts';
import { longestStoredBody, parseSqlRevision, storedBody, type SqlSection } from './parse-sql-revision.ts';
import { fileChanged, readRevisionText, type RevisionFile } from './read-revisions.ts';
import { readBytes } from './text-file.ts';

/** SQL that one direction of a revision runs: from memory, or in pieces from a large file. */
export type SqlWork =
  | { readonly kind: 'sql'; readonly section: SqlSection }
  | { readonly kind: 'sql-file'; readonly section: FileSection };

/** A `.sql` revision that is ready to run or to be recorded. */
export interface ReadSqlRevision {
  /** Text of the file, in which places of a section in memory count; empty for a large file. */
  readonly text: string;
  readonly up: SqlWork;
  /** Absent when the revision cannot be reverted. */
  readonly down: SqlWork | undefined;
  /** What the record keeps; `undefined` for what is too long, see {@link storedBody}. */
  readonly upBody: string | undefined;
  readonly downBody: string | undefined;
  /** Which of them is too long, as a sentence. */
  readonly unstored: string | undefined;
}

/**
 * Reads a `.sql` revision whole, or a large one in parts.
 * @throws RevisionFileError, AppError `file-changed` when it is another one than when the folder was read.
 */
export async function readSqlRevision(revision: RevisionFile): Promise<ReadSqlRevision> {
  if (revision.isLarge) {
    const { up, down } = await parseSqlFile(revision);
    const upBody = await storedFileBody('up', up);
    const downBody = down && (await storedFileBody('down', down));
    return {
      text: '',
      up: { kind: 'sql-file', section: up },
      down: down && { kind: 'sql-file', section: down },
      upBody,
      downBody,
      unstored: unstoredBodies(revision, { up: upBody === undefined, down: down && downBody === undefined }),
    };
  }
  const text = readRevisionText(revision);
  const { up, down } = parseSqlRevision(text, revision.file);
  const upBody = storedBody('up', up);
  const downBody = down && storedBody('down', down);
  return {
    text,
    up: { kind: 'sql', section: up },
    down: down && { kind: 'sql', section: down },
    upBody,
    downBody,
    unstored: unstoredBodies(revision, { up: upBody === undefined, down: down && downBody === undefined }),
  };
}

/** A section of a large file in memory after all, for what needs its text; with the text of the whole file. */
export async function readWholeSection(
  { revision }: FileSection,
  direction: 'up' | 'down',
): Promise<{ readonly text: string; readonly section: SqlSection }> {
  const text = readRevisionText(revision);
  const section = parseSqlRevision(text, revision.file)[direction];
  if (!section) throw fileChanged(revision.file, 'edited');
  return { text, section };
}

/** How many statements the work holds. */
export function countStatements({ kind, section }: SqlWork): number {
  return kind === 'sql' ? section.statements.length : section.statements;
}

function unstoredBodies(
  { file }: RevisionFile,
  { up, down = false }: { readonly up: boolean; readonly down: boolean | undefined },
): string | undefined {
  if (!up && !down) return undefined;
  const sections = up && down ? 'up and down sections' : up ? 'up section' : 'down section';
  const consequence = down ? ': reverting it will need the file' : '';
  return `The record keeps no copy of the ${sections} of ${file}, of more than 1 MiB${consequence}.`;
}

async function storedFileBody(direction: 'up' | 'down', section: FileSection): Promise<string | undefined> {
  const { revision, offset, end, transactional } = section;
  if (end - offset > longestStoredBody) return undefined;
  const handle = await open(revision.path);
  try {
    const parts: Buffer[] = [];
    for await (const { bytes } of readBytes(handle, offset, end)) parts.push(Buffer.from(bytes));
    return storedBody(direction, { text: Buffer.concat(parts).toString(), transactional });
  } finally {
    await handle.close();
  }
}
