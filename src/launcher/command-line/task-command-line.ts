import type { Flags } from './flags.ts';
import { checkEnvironmentName } from './environment-name.ts';
import { taskWords, type TaskWord } from './task-words.ts';
import { usageError } from './usage-error.ts';

/** A command on tasks that were started before. */
export interface TaskCommandLine {
  readonly kind: 'task';
  readonly word: TaskWord;
  readonly environment: string;
  /** A full ARN, an id or the beginning of one. */
  readonly task: string | undefined;
  readonly flags: Flags;
}

/** What only a launch can do anything with. */
const launchFlags = {
  checkOnly: '--check-only',
  plan: '--plan',
  sql: '--sql',
  downgrade: '--downgrade',
  runId: '--run-id',
  latest: '--latest',
  reset: '--reset',
  stop: '--stop',
} as const;

export function isTaskWord(word: string | undefined): word is TaskWord {
  return taskWords.some((known) => known === word);
}

/** Reads the words after `tasks`, `logs`, `attach` or `stop`. Throws a usage error (exit 2). */
export function readTaskCommand(
  word: TaskWord,
  [name, ...others]: readonly string[],
  { flags, migrateArguments }: { readonly flags: Flags; readonly migrateArguments: readonly string[] },
): TaskCommandLine {
  const environment = checkEnvironmentName(name, []);
  const task = word === 'tasks' || word === 'doctor' ? undefined : others[0];
  const surplus = others[task === undefined ? 0 : 1];
  const right = ['launch-migration', word, environment, task].filter((part) => part !== undefined).join(' ');
  if (surplus !== undefined)
    throw usageError(`"${surplus}" was not expected after the ${task === undefined ? 'environment' : 'task'}.`, right);
  const foreign = Object.entries(launchFlags).find(([key]) => flags[key] !== undefined)?.[1];
  if (foreign !== undefined || migrateArguments.length > 0)
    throw usageError(
      `${foreign ?? 'Arguments after `--`'} cannot be combined with \`${word}\`, which starts no migration.`,
      right,
    );
  if (flags['reason'] !== undefined && word !== 'stop') throw reasonWithoutStop();
  if (environment === 'local') throw nothingLocal(word);
  return { kind: 'task', word, environment, task, flags };
}

export function reasonWithoutStop(): Error {
  return usageError(
    '--reason is the reason of `stop`, which ECS keeps.',
    'For the reason of a stamp: launch-migration <environment> -- stamp <target> --reason TEXT',
  );
}

/** The stand-in lives as long as one launch, and its tasks with it. */
export function nothingLocal(word: TaskWord): Error {
  if (word === 'doctor')
    return usageError(
      '`doctor local` has nothing to look at: the stand-in for AWS lives as long as one launch.',
      'For the local database: launch-migration local -- doctor',
    );
  return usageError(
    `\`${word} local\` has no task to work on: the stand-in for AWS forgets its tasks when their launch is over.`,
    word === 'stop'
      ? 'Stop a local migration with Ctrl-C and --on-interrupt stop; stop the local server with launch-migration local --stop.'
      : 'launch-migration local shows its task and log while it runs; for what it did: launch-migration local -- history -v',
  );
}
