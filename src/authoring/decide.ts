import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import type { Decisions } from './autogenerate/autogenerate.ts';
import type { SchemaText } from './autogenerate/load-schema.ts';
import { isMeant, parseRename, renamesIn } from './autogenerate/rename-answers.ts';
import { newNameOf, type RenameCandidate } from './autogenerate/renames.ts';
import type { AskUsing, UsingAnswer } from './autogenerate/type-changes.ts';

/** What the command line says, and whom to ask for the rest. */
export interface Said {
  readonly renames: readonly string[];
  /** What is not named in `renames` was not renamed. */
  readonly noRenames: boolean;
  readonly usings: readonly string[];
  readonly plain: boolean;
  /** Asks a person, on a terminal only; the first answers whether it is a rename. */
  readonly ask:
    | { readonly rename: (candidate: RenameCandidate) => Promise<boolean>; readonly using: AskUsing }
    | undefined;
}

/** The decisions of a run: said on the command line, written in the schema's files, or asked. */
export function decisionsOf(said: Said, texts: readonly SchemaText[]): Decisions {
  const answers = [...said.renames.map(parseRename), ...texts.flatMap(({ text }) => renamesIn(text))];
  const used = new Set<string>();
  const offered: RenameCandidate[] = [];
  // One in a schema file stays there after its revision was written; on the command line it is a mistake.
  const unused = (): readonly string[] => said.renames.filter((text) => !used.has(text));
  return {
    plain: said.plain,
    usings: said.usings.map(parseUsing),
    askUsing: said.ask?.using,
    refuseUnusedRenames: () => {
      const [wrong] = unused();
      if (wrong !== undefined) throw noSuchRename(wrong, offered);
    },
    chooseRenames: async (candidates, done) => {
      offered.push(...candidates);
      const chosen: RenameCandidate[] = [];
      for (const candidate of candidates) {
        const answer = answers.find((given) => isMeant(candidate, given, done));
        if (answer === undefined) continue;
        used.add(answer.text);
        chosen.push(candidate);
      }
      const isSettled = ({ from, to }: RenameCandidate): boolean =>
        chosen.some((other) => other.from === from || other.to === to);
      const open = candidates.filter((candidate) => candidate.isLikely && !isSettled(candidate));
      if (open.length === 0 || said.noRenames) return chosen;
      if (said.ask === undefined) throw undecided(open, unused());
      for (const candidate of open)
        if (!isSettled(candidate) && (await said.ask.rename(candidate))) chosen.push(candidate);
      return chosen;
    },
  };
}

function parseUsing(text: string): UsingAnswer {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1)
    return { column: text.slice(0, at).trim(), expression: text.slice(at + 1).trim() };
  throw new AppError({
    code: 'bad-using',
    exitCode: exitCodes.usage,
    message: `"${text}" does not say how a column is converted.`,
    hint: "Write --using 'users.age=age::integer': the column with its table, then an expression of the old value.",
  });
}

function noSuchRename(text: string, candidates: readonly RenameCandidate[]): AppError {
  const possible = candidates.slice(0, 8).map((candidate) => `${candidate.from}=${newNameOf(candidate)}`);
  return new AppError({
    code: 'bad-rename',
    exitCode: exitCodes.usage,
    message: `--rename ${text} fits nothing: no such name is gone while the other is new.`,
    hint: possible.length === 0 ? 'Nothing was renamed here; leave it away.' : `Possible here: ${possible.join(', ')}.`,
  });
}

function undecided(open: readonly RenameCandidate[], unused: readonly string[]): AppError {
  const lines = open.map((candidate) => {
    const { kind, from } = candidate;
    const name = newNameOf(candidate);
    return `  ${kind} ${from}, perhaps now ${name}: --rename ${quotedForShell(`${short(from)}=${name}`)}`;
  });
  const misspelt = unused.length === 0 ? '' : `\nNone of these is meant by --rename ${unused.join(', --rename ')}.`;
  return new AppError({
    code: 'rename-undecided',
    exitCode: exitCodes.usage,
    message: `It cannot be known whether these were renamed, or one was dropped and the other added, which loses the data:\n${lines.join('\n')}${misspelt}`,
    hint: 'Say it with --rename for those that were, and --no-renames for the rest; or write `-- migrate:rename users.mail=email` into the schema file. Nothing was written.',
  });
}

/** So that it can be copied to a command line. */
function quotedForShell(text: string): string {
  return /^[\w.=$-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function short(name: string): string {
  return name.replace(/^public\./, '');
}
