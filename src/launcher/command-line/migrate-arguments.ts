import { usageError } from './usage-error.ts';

/** The flags that are short for migrate arguments, as the command line had them. */
export interface ShortForms {
  readonly checkOnly?: boolean | undefined;
  readonly downgrade?: string | undefined;
  readonly plan?: boolean | undefined;
  readonly sql?: boolean | undefined;
}

/** ECS's limit for all overrides of a task together, JSON syntax included (RunTask API reference, `overrides`). */
const maxOverrideLength = 8192;

/**
 * What the container is told to run instead of its own default, or `undefined` for no override at all.
 * Throws a usage error for two short forms, one beside arguments of one's own, a step count below 1, and for a password.
 */
export function readMigrateArguments(
  shortForms: ShortForms,
  ownArguments: readonly string[],
): readonly string[] | undefined {
  const chosen = chosenForms(shortForms);
  const first = chosen[0];
  if (chosen.length > 1)
    throw usageError(
      `${chosen.map(({ flag }) => flag).join(' and ')} exclude each other.`,
      'Give one of them, or write the migrate arguments yourself after `--`.',
    );
  if (first && ownArguments.length > 0)
    throw usageError(
      `${first.flag} cannot be combined with arguments after \`--\`.`,
      `${first.flag} is short for \`-- ${first.stands.join(' ')}\`: give one or the other.`,
    );
  if (ownArguments.some(hasPassword))
    throw usageError(
      'The migrate arguments hold a password or key: everybody who may read the task or CloudTrail would see it.',
      'Let the task definition give the container its database secret, and leave --database-url out.',
    );
  if (first) return first.stands;
  return ownArguments.length > 0 ? ownArguments : undefined;
}

/** Refuses a command that ECS would not accept as an override, before anything is called. */
export function checkOverrideSize(container: string, command: readonly string[]): void {
  const length = JSON.stringify({ containerOverrides: [{ name: container, command }] }).length;
  if (length > maxOverrideLength)
    throw usageError(
      `The migrate arguments are too long: the override would have ${length} characters, ECS accepts ${maxOverrideLength}.`,
      'Shorten the arguments after `--`.',
    );
}

function chosenForms(forms: ShortForms): { readonly flag: string; readonly stands: readonly string[] }[] {
  const chosen = [];
  if (forms.checkOnly) chosen.push({ flag: '--check-only', stands: ['check'] });
  if (forms.downgrade !== undefined)
    chosen.push({ flag: '--downgrade', stands: ['downgrade', `-${stepCount(forms.downgrade)}`] });
  if (forms.plan) chosen.push({ flag: '--plan', stands: ['plan'] });
  if (forms.sql) chosen.push({ flag: '--sql', stands: ['upgrade', 'head', '--sql'] });
  return chosen;
}

function stepCount(text: string): string {
  if (/^[1-9]\d{0,8}$/.test(text)) return text;
  throw usageError(
    `--downgrade takes the number of revisions to revert, 1 or more, not "${text}".`,
    'To revert the last one: --downgrade 1. To go down to a revision: `-- downgrade <revision>`.',
  );
}

/** Any URL with a password, in its authority or its query; `password=…`, `PGPASSWORD=…`, `--password=…`; an AWS key. */
function hasPassword(argument: string): boolean {
  return (
    /\b[a-z][a-z\d+.-]*:\/\/[^\s/?#:@]*:[^\s@]+@/i.test(argument) ||
    /(?:^|[\s?&"'_-]|\bPG)(?:password|passwd|pwd|secret_access_key)["']?\s*[=:]\s*["']?[^\s&"']/i.test(argument) ||
    /^--?(?:password|passwd|pwd)$/i.test(argument) ||
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/.test(argument)
  );
}
