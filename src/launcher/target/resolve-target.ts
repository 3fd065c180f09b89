import type { Stack, StackReader } from '../aws/stacks.ts';
import type { Network } from '../aws/tasks.ts';
import { conventionalNames, type Names } from './names.ts';
import { checkSettled, readPlace } from './read-place.ts';
import {
  migrationSecurityGroups,
  privateSubnetsFromOutputs,
  privateSubnetsFromResources,
  type Sourced,
  type Target,
  type TargetOverrides,
} from './target.ts';
import { nothingFound, severalSecurityGroups } from './unresolved-error.ts';

/** The part of AWS that the resolution reads: CloudFormation, and one ECS call as a fallback. No EC2 right is needed. */
export interface EnvironmentReader {
  readonly region: string;
  readonly accountId: string | undefined;
  readonly stacks: StackReader;
  readonly tasks: { describeServiceNetwork(cluster: string, service: string): Promise<Network | undefined> };
}

interface Wanted {
  readonly environment: string;
  readonly overrides: TargetOverrides;
  /** Launch although production's stack is being changed. */
  readonly force: boolean;
}

/**
 * Where the environment's migration task runs: flags, then our outputs, then what the original Wumbo stacks have
 * (facts/wumbo-environment.md, steps 0-4). Throws exit 2 with what was looked at when a value is missing or ambiguous.
 */
export async function resolveTarget(
  aws: EnvironmentReader,
  { environment, overrides, force }: Wanted,
  warn: (text: string) => void,
): Promise<Target> {
  const names = overrides.names ?? conventionalNames(environment);
  const needed = ['cluster', 'taskDefinition', 'subnets', 'securityGroups'] as const;
  const { known, ...place } = await readPlace(aws, { environment, overrides, force, needed }, warn);
  const checked = (stack: Stack | undefined): void => checkSettled(stack, { environment, force }, warn);
  const [securityGroups, subnets] = await Promise.all([
    known.securityGroups ?? findSecurityGroup(aws.stacks, names),
    known.subnets ?? findPrivateSubnets(aws.stacks, names.securityStack, checked),
  ]);
  const network =
    securityGroups && subnets
      ? { securityGroups, subnets }
      : await networkOfBackend(aws, { cluster: place.cluster.value, names, securityGroups, subnets }, warn);
  return { ...place, ...network };
}

async function findSecurityGroup(
  stacks: StackReader,
  { computeStack: stackName, outputs }: Names,
): Promise<Sourced<readonly string[]> | undefined> {
  const groups = migrationSecurityGroups(await stacks.listResources(stackName));
  const [group] = groups;
  if (groups.length > 1) throw severalSecurityGroups({ stackName, output: outputs.securityGroups }, groups);
  return group && { value: [group.physicalId], source: `resource ${group.logicalId} of ${stackName}` };
}

async function findPrivateSubnets(
  stacks: StackReader,
  stackName: string,
  checked: (stack: Stack | undefined) => void,
): Promise<Sourced<readonly string[]> | undefined> {
  const stack = await stacks.describe(stackName);
  checked(stack);
  const fromOutputs = privateSubnetsFromOutputs(stack);
  return fromOutputs ?? privateSubnetsFromResources(stackName, await stacks.listResources(stackName));
}

interface Found {
  readonly names: Names;
  readonly cluster: string;
  readonly securityGroups: Sourced<readonly string[]> | undefined;
  readonly subnets: Sourced<readonly string[]> | undefined;
}

/** The backend runs in the same subnets, and its security group reaches the database too: a fallback, and said aloud. */
async function networkOfBackend(
  aws: EnvironmentReader,
  found: Found,
  warn: (text: string) => void,
): Promise<Pick<Target, 'subnets' | 'securityGroups'>> {
  const { names } = found;
  const network = await aws.tasks.describeServiceNetwork(found.cluster, names.backendService);
  const source = `service ${names.backendService}`;
  const borrow = (ids: readonly string[] | undefined) => (ids && ids.length > 0 ? { value: ids, source } : undefined);
  const securityGroups = found.securityGroups ?? borrow(network?.securityGroups);
  const subnets = found.subnets ?? borrow(network?.subnets);
  if (!securityGroups)
    throw nothingFound(
      'security group',
      [`output ${names.outputs.securityGroups} and resources MigrationSecurityGroup… of ${names.computeStack}`, source],
      '--security-groups',
    );
  if (!subnets)
    throw nothingFound(
      'private subnet',
      [
        `output ${names.outputs.subnets} of ${names.computeStack}`,
        `outputs ExportsOutputRefVpcPrivateSubnet… and private subnets of ${names.securityStack}`,
        source,
      ],
      '--subnets',
    );
  const borrowed = [securityGroups, subnets].filter(({ source: from }) => from === source);
  const what =
    borrowed.length === 2 ? 'subnets and security group' : borrowed[0] === subnets ? 'subnets' : 'security group';
  warn(`Using the ${what} of the ${source}, because the stacks name none for the migration task.`);
  return { securityGroups, subnets };
}
