import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { Stack, StackResource } from '../aws/stacks.ts';
import { similarEnvironment } from '../command-line/environment-name.ts';

interface Place {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string | undefined;
}

/** The environment's stack does not exist where we looked. */
export function unknownEnvironment(stackName: string, { environment, region, accountId }: Place): AppError {
  const similar = similarEnvironment(environment);
  const account = accountId === undefined ? 'this account' : `account ${accountId}`;
  return unresolved(
    `Environment "${environment}" was not found: there is no stack ${stackName} in ${account}, region ${region}.`,
    similar === undefined
      ? 'Check --region and --profile (aws sts get-caller-identity), or deploy the stack.'
      : `Did you mean ${similar}? Otherwise check --region and --profile.`,
  );
}

export function missingOutput(stack: Stack, output: string, flag: string): AppError {
  const names = Object.keys(stack.outputs);
  return unresolved(
    `The stack ${stack.name} has no output ${output} (it has ${names.length === 0 ? 'none' : names.join(', ')}).`,
    `Deploy the stack with this output, or pass ${flag}.`,
  );
}

export function severalSecurityGroups(
  { stackName, output }: { readonly stackName: string; readonly output: string },
  groups: readonly StackResource[],
): AppError {
  const list = groups.map(({ logicalId, physicalId }) => `${physicalId} (${logicalId})`).join(', ');
  return unresolved(
    `The stack ${stackName} has ${groups.length} security groups for the migration task: ${list}.`,
    `Choose one: --security-groups ${groups[0]?.physicalId}, or give the stack an output ${output}.`,
  );
}

/** Nothing of what we know to look at had the value. */
export function nothingFound(what: string, lookedAt: readonly string[], flag: string): AppError {
  return unresolved(
    `No ${what} for the migration task was found; looked at ${lookedAt.join('; ')}.`,
    `Pass ${flag}, or give the compute stack the output that is named first.`,
  );
}

export function unsettledProduction(state: string): AppError {
  return unresolved(
    `Not launched: ${state}, so its outputs may be old.`,
    'Wait until the deployment is over, or pass --force when you know that the outputs are right.',
  );
}

function unresolved(message: string, hint: string): AppError {
  return new AppError({ code: 'unresolved', exitCode: exitCodes.usage, message, hint });
}
