import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** A revision that a baseline stands for, as its header names it: `-- replaces: 20260101000001_create_users 9f86d0…`. */
export interface ReplacedRevision {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
}

/** The revision that `migrate squash` wrote, and what it stands for. */
export interface Baseline<T> {
  readonly revision: T;
  /** In their order. An earlier baseline among them has the id of the one before it, and stands for all before it. */
  readonly replaced: readonly ReplacedRevision[];
  /** Those whose file still lies beside the baseline, and not in the folder for squashed ones; by name. */
  readonly beside: ReadonlyMap<string, T>;
}

/** Where replaced revisions lie, inside the revision folder. */
export const squashedFolder = 'squashed';

const firstSection = /^--[ \t]*migrate:up/m;
/** Words that do not begin with an id are somebody's comment. */
const replacesLine = /^--[ \t]*replaces:[ \t]*(\d{14}.*)$/gm;

/** The header of a file of which only the beginning has been read, or `undefined` when it goes on. */
export function headOf(text: string): string | undefined {
  const at = text.search(firstSection);
  return at === -1 ? undefined : text.slice(0, at);
}

/**
 * What the header of a baseline says it replaces; `undefined` for any other revision.
 * @throws AppError `bad-baseline` (2).
 */
export function parseReplaced(text: string, file: string, ownId: string): readonly ReplacedRevision[] | undefined {
  const lines = [...(headOf(text) ?? text).matchAll(replacesLine)].map(([, rest = '']) => rest.trim());
  if (lines.length === 0) return undefined;
  const replaced = lines.map((line) => {
    const [, name, id, checksum] = /^((\d{14})_[a-z0-9_]+) ([0-9a-f]{64})$/.exec(line) ?? [];
    if (name === undefined || id === undefined || checksum === undefined)
      throw badBaseline(`${file} says "-- replaces: ${line}", which is not "name sha256"`);
    return { id, name, checksum };
  });
  if (replaced.some(({ id }, index) => index > 0 && id < (replaced[index - 1]?.id ?? '')))
    throw badBaseline(`${file} does not name what it replaces in the order of the ids`);
  if (replaced.at(-1)?.id !== ownId)
    throw badBaseline(
      `${file} has the id ${ownId}, and the last revision that it replaces ${replaced.at(-1)?.id ?? ''}`,
    );
  return replaced;
}

export function formatReplaced(replaced: readonly ReplacedRevision[]): string {
  return replaced.map(({ name, checksum }) => `-- replaces: ${name} ${checksum}\n`).join('');
}

interface PerhapsBaseline {
  readonly name: string;
  readonly file: string;
  readonly replaces?: readonly ReplacedRevision[] | undefined;
}

/**
 * Takes the replaced files that still lie beside the baseline out of the revisions: of a squash that was interrupted, or
 * scripts that import their neighbours.
 * @throws AppError `bad-baseline` (2) for two baselines of which neither replaces the other.
 */
export function splitBaseline<T extends PerhapsBaseline>(
  files: readonly T[],
): { readonly revisions: T[]; readonly baseline: Baseline<T> | undefined } {
  const claimed = new Set(files.flatMap(({ replaces = [] }) => replaces.map(({ name }) => name)));
  const [revision, other] = files.filter(({ name, replaces }) => replaces !== undefined && !claimed.has(name));
  if (revision === undefined) return { revisions: [...files], baseline: undefined };
  if (other !== undefined) throw badBaseline(`${revision.file} and ${other.file} are both a baseline`);
  const replaced = revision.replaces ?? [];
  const names = new Set(replaced.map(({ name }) => name));
  const beside = new Map(files.filter(({ name }) => names.has(name)).map((file) => [file.name, file]));
  return { revisions: files.filter(({ name }) => !names.has(name)), baseline: { revision, replaced, beside } };
}

function badBaseline(what: string): AppError {
  return new AppError({
    code: 'bad-baseline',
    exitCode: exitCodes.usage,
    message: `${what}.`,
    hint: 'Restore the file from git; `migrate squash` writes baselines.',
  });
}
