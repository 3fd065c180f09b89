import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { lastPart, type RenameCandidate } from './renames.ts';

/** `users.mail=email`: what was said on the command line or in a `-- migrate:rename` line of a schema file. */
export interface RenameAnswer {
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

/** Reads one answer. @throws AppError `bad-rename` (2). */
export function parseRename(text: string): RenameAnswer {
  const [, from, to] = /^\s*([^=]+?)\s*=\s*([^=]+?)\s*$/.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new AppError({
      code: 'bad-rename',
      exitCode: exitCodes.usage,
      message: `"${text}" is no rename.`,
      hint: 'Write --rename users.mail=email: the old name with its table, then the new name.',
    });
  }
  return { text, from, to };
}

/** The answers that stand in schema files, as comments `-- migrate:rename users.mail=email`. */
export function renamesIn(text: string): readonly RenameAnswer[] {
  return [...text.matchAll(/^\s*--\s*migrate:rename\s+(.+)$/gm)].map(([, answer = '']) => parseRename(answer));
}

/** The candidates that an answer confirms; and the answers that fit none, which are most likely misspelt. */
export function matchAnswers(
  candidates: readonly RenameCandidate[],
  answers: readonly RenameAnswer[],
): { readonly confirmed: readonly RenameCandidate[]; readonly unmatched: readonly RenameAnswer[] } {
  const fits = (candidate: RenameCandidate, { from, to }: RenameAnswer): boolean =>
    isNamed(candidate.from, from) && (isNamed(candidate.to, to) || lastPart(candidate.to) === to);
  return {
    confirmed: candidates.filter((candidate) => answers.some((answer) => fits(candidate, answer))),
    unmatched: answers.filter((answer) => !candidates.some((candidate) => fits(candidate, answer))),
  };
}

/** `users.mail` names `public.users.mail`. */
function isNamed(name: string, asked: string): boolean {
  return name === asked || name === `public.${asked}`;
}

/** The statement that renames. */
export function renameSql({ kind, from, to }: Omit<RenameCandidate, 'isLikely'>): string {
  const newName = lastPart(to);
  const parent = from.slice(0, -lastPart(from).length - 1);
  switch (kind) {
    case 'table':
      return `ALTER TABLE ${from} RENAME TO ${newName}`;
    case 'column':
      return `ALTER TABLE ${parent} RENAME COLUMN ${lastPart(from)} TO ${newName}`;
    case 'type':
      return `ALTER TYPE ${from} RENAME TO ${newName}`;
    case 'enum label': {
      const type = labelType(from);
      return `ALTER TYPE ${type} RENAME VALUE ${literal(from.slice(type.length + 1))} TO ${literal(to.slice(type.length + 1))}`;
    }
  }
}

/** `public.mood` of `public.mood.any text`: a label may hold dots and quotes, the names before it are quoted when they do. */
function labelType(name: string): string {
  return /^(?:"(?:[^"]|"")*"|[^".]+)\.(?:"(?:[^"]|"")*"|[^".]+)/.exec(name)?.[0] ?? name;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
