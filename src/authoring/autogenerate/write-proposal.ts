import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { formatLockFile, lockFileName } from '../../runner/files/lock-file.ts';
import { checksumOf } from '../../runner/files/normalised-text.ts';
import type { RevisionFolder } from '../../runner/files/read-revisions.ts';
import { slugOf } from '../../runner/files/revision-name.ts';
import { idAfter, requireSlug } from '../write-revision.ts';
import type { Proposal } from './autogenerate.ts';
import { formatRevisionText } from './format-revision-text.ts';

export interface NewRevisionFile {
  readonly name: string;
  readonly fileName: string;
  readonly text: string;
}

export interface Naming {
  readonly message: string;
  readonly now: Date;
  /** Id of the newest revision there is. */
  readonly newest: string | undefined;
  readonly serverLabel: string;
  readonly readable: (sql: string) => string;
}

/** The files of a proposal: one for each step, a second apart, with the phase in the name when there are several. */
export function filesOf(
  proposal: Proposal,
  { message, now, newest, serverLabel, readable }: Naming,
): readonly NewRevisionFile[] {
  const slug = requireSlug(message, 'migrate revision --autogenerate');
  let id = newest;
  return proposal.steps.map((step, index) => {
    id = idAfter(id, now);
    const phase = step.phase === 'separate' ? `part ${index + 1}` : step.phase;
    const suffix = proposal.steps.length === 1 ? '' : `_${slugOf(phase)}`;
    const name = `${id}_${slug}${suffix}`;
    const title =
      proposal.steps.length === 1 ? message : `${message} (${phase}, ${index + 1} of ${proposal.steps.length})`;
    const { objections, remaining } = proposal;
    // The first one stops, so that none behind it runs.
    const stops = index === 0 ? objections : [];
    const text = formatRevisionText({ message: title, step, serverLabel, objections: stops, remaining, readable });
    return { name, fileName: `${name}.sql`, text };
  });
}

/** Writes the files, never over existing ones, and their lines of the lock file. Answers the paths. */
export async function writeFiles(
  directory: string,
  files: readonly NewRevisionFile[],
  folder: Pick<RevisionFolder, 'lockText' | 'revisions'>,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { fileName, text } of files) {
    const path = join(directory, fileName);
    await writeFile(path, text, { flag: 'wx' });
    paths.push(path);
  }
  const lines = folder.lockText ?? formatLockFile(folder.revisions);
  const end = lines === '' || lines.endsWith('\n') ? '' : '\n';
  const added = files.map(({ name, text }) => `${name} ${checksumOf(text)}\n`).join('');
  await writeFile(join(directory, lockFileName), `${lines}${end}${added}`);
  return paths;
}

/** Hands the work a copy of the revision folder that holds the new files too; the folder itself stays as it is. */
export async function withFolderCopy<T>(
  directory: string,
  temporaryDirectory: string,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(temporaryDirectory, 'wumbo-revisions-'));
  try {
    const copy = join(home, basename(directory));
    await cp(directory, copy, { recursive: true });
    return await work(copy);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
