import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { readRevisionText, type RevisionFile, type RevisionFolder } from '../../runner/files/read-revisions.ts';
import type { ReplacedRevision } from '../../runner/files/baseline.ts';
import { slugOf } from '../../runner/files/revision-name.ts';
import { findTarget } from '../../runner/history/find-target.ts';

/** What a squash is to make of a folder. */
export interface SquashPlan {
  /** `20260301090000_baseline`: the id is that of the last replaced revision. */
  readonly name: string;
  readonly message: string;
  /** Files that the baseline takes the place of, in their order. */
  readonly files: readonly RevisionFile[];
  /** What its header names: of an earlier baseline among the files also what that one replaces. */
  readonly replaced: readonly ReplacedRevision[];
  /** Scripts that import or read their neighbours, and so must stay where they are. */
  readonly staying: readonly RevisionFile[];
}

/** @throws AppError of {@link findTarget}; `nothing-to-squash`, `bad-message`, `file-exists` (2). */
export function chooseReplaced(
  { revisions }: RevisionFolder,
  { to, message }: { readonly to: string; readonly message: string },
): SquashPlan {
  const files = revisions.slice(0, findTarget(to, { revisions, currentIndex: revisions.length }));
  const last = files.at(-1);
  if (last === undefined || files.length < 2)
    throw refusal(
      'nothing-to-squash',
      `Up to ${to} there ${last === undefined ? 'is no revision' : `is only ${last.name}`}: nothing is to be squashed.`,
      'Name a later revision: `migrate history` lists them, and `--to head` means all.',
    );
  const slug = slugOf(message);
  if (slug === '')
    throw refusal(
      'bad-message',
      `The message "${message}" gives no file name.`,
      'Say in words what it is: `migrate squash --to head -m "baseline of 2026"`.',
    );
  const name = `${last.id}_${slug}`;
  const replaced = files.flatMap(({ replaces = [], id, name, checksum }) => [...replaces, { id, name, checksum }]);
  if (replaced.some((revision) => revision.name === name))
    throw refusal(
      'file-exists',
      `${name} is the name of a revision that it would replace.`,
      'Give the baseline other words: `-m "baseline up to …"`.',
    );
  return { name, message, files, replaced, staying: files.filter(importsNeighbours) };
}

function importsNeighbours(file: RevisionFile): boolean {
  if (file.extension === 'sql') return false;
  return /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]\.{1,2}\/|\bimport\.meta\b|\b__dirname\b|\b__filename\b/.test(
    readRevisionText(file),
  );
}

function refusal(code: string, message: string, hint: string): AppError {
  return new AppError({ code, exitCode: exitCodes.usage, message, hint });
}
