import { suggestion } from '../contract/suggestion.ts';
import { usageError } from './usage-error.ts';

/** What the environments of this house are called; any other name is accepted too. */
const usualEnvironments = ['development', 'staging', 'production', 'local'] as const;

/** The usual environment that a mistyped name most likely means, or `undefined`. */
export function similarEnvironment(name: string): string | undefined {
  const similar = suggestion(name, usualEnvironments);
  return similar === name ? undefined : similar;
}

/**
 * The environment's name as given. Throws a usage error when it is missing, is no possible name, or is a word that a later
 * version uses as a command; `others` are the words that followed it.
 */
export function checkEnvironmentName(name: string | undefined, others: readonly string[]): string {
  if (name === undefined)
    throw usageError(
      'No environment was given.',
      'Name one: launch-migration development (see launch-migration --help).',
    );
  const instead = insteadOfCommand(name, others[0] ?? '<environment>');
  if (instead !== undefined)
    throw usageError(
      `"${name}" is a reserved word, and this version has no such command.`,
      `Use the AWS CLI: ${instead}`,
    );
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
      `Arguments for migrate come after two dashes: launch-migration ${name} -- ${others.join(' ')}`,
    );
  return name;
}

/** The plain AWS CLI command for what a reserved first word will do one day; `undefined` when the word is not reserved. */
function insteadOfCommand(word: string, environment: string): string | undefined {
  const cluster = `--cluster ${environment}-wumbo-cluster`;
  const list = `aws ecs list-tasks ${cluster} --family ${environment}-wumbo-migration`;
  switch (word) {
    case 'logs':
    case 'attach':
      return `aws logs tail <log group> --log-stream-names migration/MigrationContainer/<task id> --follow (the group: aws ecs describe-task-definition --task-definition ${environment}-wumbo-migration; the task: ${list})`;
    case 'tasks':
      return `${list} (and again with --desired-status STOPPED)`;
    case 'stop':
      return `aws ecs stop-task ${cluster} --task <task> --reason "…" (the task: ${list})`;
    case 'doctor':
      return `aws cloudformation describe-stacks --stack-name ${environment}-ComputeStack`;
    default:
      return undefined;
  }
}
