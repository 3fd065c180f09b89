import type { Stack, StackReader } from '../aws/stacks.ts';
import { conventionalNames, type Names } from './names.ts';
import {
  targetFromOutputs,
  unsettledState,
  type PartialTarget,
  type Sourced,
  type Target,
  type TargetOverrides,
} from './target.ts';
import { missingOutput, unknownEnvironment, unsettledProduction } from './unresolved-error.ts';

/** Where an environment's migration tasks are, which is all that one needs who starts none. */
export type Place = Omit<Target, 'subnets' | 'securityGroups'>;

export interface PlaceReader {
  readonly region: string;
  readonly accountId: string | undefined;
  readonly stacks: Pick<StackReader, 'describe'>;
}

interface Wanted {
  readonly environment: string;
  readonly overrides: TargetOverrides;
  /** Go on although production's stack is being changed. */
  readonly force: boolean;
  /** The values that are needed: when flags give them all, no stack is read. */
  readonly needed: readonly (keyof PartialTarget)[];
}

/** What flags and the compute stack say. Throws exit 2 when there is no such stack, or cluster or task definition are missing. */
export async function readPlace(
  aws: PlaceReader,
  { environment, overrides, force, needed }: Wanted,
  warn: (text: string) => void,
): Promise<Place & { readonly known: PartialTarget }> {
  const names = overrides.names ?? conventionalNames(environment);
  const { computeStack } = names;
  const needsStack = needed.some((key) => overrides[key] === undefined);
  const stack = needsStack ? await aws.stacks.describe(computeStack) : undefined;
  if (needsStack && !stack)
    throw unknownEnvironment(computeStack, { environment, region: aws.region, accountId: aws.accountId });

  checkSettled(stack, { environment, force }, warn);

  const known = targetFromOutputs(stack, overrides, names);
  const taskDefinition = known.taskDefinition ?? familyOfConfig(names);
  if (!known.cluster) throw missingOutput(stack ?? noStack, names.outputs.cluster, '--cluster');
  if (!taskDefinition) throw missingOutput(stack ?? noStack, names.outputs.taskDefinition, '--task-definition');
  return {
    environment,
    names,
    region: aws.region,
    accountId: stack?.accountId ?? aws.accountId,
    cluster: known.cluster,
    taskDefinition,
    container: known.container,
    logGroup: known.logGroup,
    known,
  };
}

/** Outputs of a stack that is being changed may be old: a warning. Throws exit 2 in production, unless it is forced. */
export function checkSettled(
  stack: Stack | undefined,
  { environment, force }: Pick<Wanted, 'environment' | 'force'>,
  warn: (text: string) => void,
): void {
  const unsettled = stack && unsettledState(stack);
  if (unsettled === undefined) return;
  if (environment === 'production' && !force) throw unsettledProduction(unsettled);
  warn(`${unsettled}; its outputs may be old.`);
}

/** The newest revision of the family that the configuration names. */
function familyOfConfig({ family, sources }: Names): Sourced<string> | undefined {
  return sources.family === undefined ? undefined : { value: family, source: sources.family };
}

/** Unreachable in practice: without a stack both values came from flags. */
const noStack = { name: 'ComputeStack', status: '', accountId: undefined, outputs: {} };
