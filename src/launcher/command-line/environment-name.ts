import { suggestion } from '../../contract/suggestion.ts';
import { taskWords } from './task-words.ts';
import { usageError } from './usage-error.ts';

/** What the environments of this house are called; any other name is accepted too. */
const usualEnvironments = ['development', 'staging', 'production', 'local'] as const;

/** The usual environment that a mistyped name most likely means, or `undefined`. */
export function similarEnvironment(name: string): string | undefined {
  const similar = suggestion(name, usualEnvironments);
  return similar === name ? undefined : similar;
}

/**
 * The environment's name as given. Throws a usage error when it is missing, is no possible name, or is a word that is a
 * command or will be one; `others` are the words that followed it.
 */
export function checkEnvironmentName(name: string | undefined, others: readonly string[]): string {
  if (name === undefined)
    throw usageError(
      'No environment was given.',
      'Name one: launch-migration development (see launch-migration --help).',
    );
  if (taskWords.some((word) => word === name))
    throw usageError(`"${name}" is a command, not an environment.`, `launch-migration ${name} development`);
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    const similar = similarEnvironment(name);
    throw usageError(
      `"${name}" cannot be an environment: a name is lower-case letters, digits and dashes.`,
      similar === undefined ? 'Name one, e.g. development.' : `Did you mean ${similar}?`,
    );
  }
  if (others.length > 0)
    throw usageError(
      `"${others[0]}" was not expected after the environment.`,
      taskWords.some((word) => word === others[0])
        ? `Did you mean launch-migration ${[others[0], name, ...others.slice(1)].join(' ')}?`
        : `Arguments for migrate come after two dashes: launch-migration ${name} -- ${others.join(' ')}`,
    );
  return name;
}
