import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/** What has to happen before a launch goes ahead. */
export type Confirmation = 'none' | 'type-the-name' | 'needs-yes';

interface Question {
  readonly environment: string;
  readonly command: readonly string[] | undefined;
  /** A person sits at a terminal and this is no CI job. */
  readonly interactive: boolean;
  readonly yes: boolean;
}

const readOnlyCommands = new Set([
  'check',
  'current',
  'heads',
  'history',
  'show',
  'plan',
  'lint',
  'drift',
  'doctor',
  'help',
]);

/** Who must agree: a person before production changes, and always somebody before production goes back or is re-labelled. */
export function requiredConfirmation({ environment, command = [], interactive, yes }: Question): Confirmation {
  if (environment !== 'production' || yes || command.includes('--sql') || isReadOnly(command)) return 'none';
  if (interactive) return 'type-the-name';
  return command.some(
    (word) => word === 'downgrade' || word === 'stamp' || word === 'adopt' || word.startsWith('--downgrade'),
  )
    ? 'needs-yes'
    : 'none';
}

/** A stopped migration may leave production half-way, so somebody must agree, always. */
export function requiredToStop({ environment, interactive, yes }: Omit<Question, 'command'>): Confirmation {
  if (environment !== 'production' || yes) return 'none';
  return interactive ? 'type-the-name' : 'needs-yes';
}

/** Exit 2: nobody agreed to stop the task, and nobody can be asked. */
export function stopNeedsYes(): AppError {
  return new AppError({
    code: 'needs-yes',
    exitCode: exitCodes.usage,
    message: 'Not stopped: stopping a task in production must be confirmed, and there is no terminal to ask.',
    hint: 'Pass --yes when you are sure.',
  });
}

/** Exit 130: the person does not want the task to be stopped. */
export function stopDeclined(): AppError {
  return new AppError({
    code: 'declined',
    exitCode: exitCodes.interrupted,
    message: 'Not stopped: the name was not typed; the task goes on.',
  });
}

/** Exit 2: the pipeline's approval is for upgrades. */
export function needsYes(command: readonly string[]): AppError {
  return new AppError({
    code: 'needs-yes',
    exitCode: exitCodes.usage,
    message: `Not launched: \`${command.join(' ')}\` in production must be confirmed, and there is no terminal to ask.`,
    hint: 'Pass --yes when you are sure.',
  });
}

/** Exit 130: the person said no. */
export function declined(): AppError {
  return new AppError({
    code: 'declined',
    exitCode: exitCodes.interrupted,
    message: 'Not launched: the name was not typed; nothing was started.',
  });
}

/** Only when every word before the first option is known to read: `check`, `--check-only`. */
function isReadOnly(command: readonly string[]): boolean {
  const [first] = command;
  return first !== undefined && (readOnlyCommands.has(first) || (first === '--check-only' && command.length === 1));
}
