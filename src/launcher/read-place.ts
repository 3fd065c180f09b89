import type { StackReader } from './aws/stacks.ts';
import {
  conventionalNames,
  targetFromOutputs,
  unsettledState,
  type PartialTarget,
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
  readonly needed: readonly (keyof TargetOverrides)[];
}

/** What flags and the compute stack say. Throws exit 2 when there is no such stack, or cluster or task definition are missing. */
export async function readPlace(
  aws: PlaceReader,
  { environment, overrides, force, needed }: Wanted,
  warn: (text: string) => void,
): Promise<Place & { readonly known: PartialTarget }> {
  const { computeStack } = conventionalNames(environment);
  const needsStack = needed.some((key) => overrides[key] === undefined);
  const stack = needsStack ? await aws.stacks.describe(computeStack) : undefined;
  if (needsStack && !stack)
    throw unknownEnvironment(computeStack, { environment, region: aws.region, accountId: aws.accountId });

  const unsettled = stack && unsettledState(stack);
  if (unsettled !== undefined) {
    if (environment === 'production' && !force) throw unsettledProduction(unsettled);
    warn(`${unsettled}; its outputs may be old.`);
  }

  const known = targetFromOutputs(stack, overrides);
  if (!known.cluster) throw missingOutput(stack ?? noStack, 'ClusterName', '--cluster');
  if (!known.taskDefinition) throw missingOutput(stack ?? noStack, 'MigrationTaskDefinitionArn', '--task-definition');
  return {
    environment,
    region: aws.region,
    accountId: stack?.accountId ?? aws.accountId,
    cluster: known.cluster,
    taskDefinition: known.taskDefinition,
    container: known.container,
    logGroup: known.logGroup,
    known,
  };
}

/** Unreachable in practice: without a stack both values came from flags. */
const noStack = { name: 'ComputeStack', status: '', accountId: undefined, outputs: {} };
