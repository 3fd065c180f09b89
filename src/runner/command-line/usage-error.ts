import type { Command, CommanderError } from 'commander';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { suggestion } from '../../contract/suggestion.ts';

/** What other tools, Alembic's neighbours among them, call our commands. */
const otherNames: Readonly<Record<string, string>> = {
  up: 'upgrade',
  apply: 'upgrade',
  deploy: 'upgrade',
  latest: 'upgrade',
  migrate: 'upgrade',
  run: 'upgrade',
  down: 'downgrade',
  rollback: 'downgrade',
  revert: 'downgrade',
  undo: 'downgrade',
  status: 'check',
  pending: 'check',
  version: 'current',
  info: 'history',
  list: 'history',
  log: 'history',
  new: 'revision',
  create: 'revision',
  add: 'revision',
  make: 'revision',
  generate: 'revision',
  init: 'revision',
  baseline: 'stamp',
  mark: 'stamp',
  hash: 'lock',
};

/** @param command The command whose help answers the question; absent: the whole program's. */
export function usageError(message: string, command?: string): AppError {
  // A misspelt `--database-url=…` must not put its password into a log.
  const sentence = message.replace(/[a-z][a-z0-9+.-]*:\/\/.*/gis, '…').trim();
  return new AppError({
    code: 'bad-usage',
    exitCode: exitCodes.usage,
    message: /[.?]$/.test(sentence) ? sentence : `${sentence}.`,
    hint: `See \`migrate ${command === undefined ? '' : `${command} `}--help\`.`,
  });
}

/** The word is no command; the one that was meant is named. */
export function unknownCommand(word: string, program: Command): AppError {
  const names = program.commands.map((command) => command.name());
  const near = suggestion(word, names) ?? otherNames[word.toLowerCase()];
  const isThere = near !== undefined && names.includes(near);
  return usageError(`There is no command "${word}"${isThere ? `; did you mean "${near}"?` : ''}`);
}

/** What commander found wrong, in our words: https://github.com/tj/commander.js/blob/master/Readme.md#display-error */
export function wrongArguments(error: CommanderError, program: Command): AppError {
  const [word] = program.args;
  const command = program.commands.find((one) => one.name() === word);
  if (word !== undefined && !word.startsWith('-') && command === undefined) return unknownCommand(word, program);
  const fail = (text: string): AppError => usageError(text, command?.name());
  const [quoted = '', given = ''] = [...error.message.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
  switch (error.code) {
    case 'commander.unknownOption':
      return fail(
        unknownOption(
          quoted,
          [...(command?.options ?? []), ...program.options].flatMap(({ long }) => long ?? []),
        ),
      );
    case 'commander.optionMissingArgument':
      return fail(`${/--[\w-]+/.exec(quoted)?.[0] ?? quoted} needs a value: ${quoted}`);
    case 'commander.missingMandatoryOptionValue':
      return fail(`\`migrate ${command?.name() ?? ''}\` needs ${quoted}`);
    case 'commander.missingArgument':
      return fail(`\`migrate ${command?.name() ?? ''}\` needs a <${quoted}>`);
    case 'commander.excessArguments':
      return fail(
        `\`migrate ${quoted}\` takes ${/Expected \d+ arguments?/.exec(error.message)?.[0].slice(9) ?? 'fewer'}, but got ${error.message.replace(/^.*but got \d+: |\.$/g, '')}`,
      );
    default:
      return fail(error.message.replace(/^error: /, '') + given);
  }
}

function unknownOption(given: string, known: readonly string[]): string {
  const [name = given] = given.split('=');
  if (given.includes('=') && known.includes(name)) return `${name} takes no value: it stands alone`;
  const near = suggestion(name, known);
  return `There is no option ${name}${near === undefined ? '' : `; did you mean ${near}?`}`;
}
