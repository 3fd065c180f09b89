import type { Names } from './names.ts';
import type { Stack, StackResource } from '../aws/stacks.ts';

/** A value and where it came from, for --verbose and for notes. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly source: string;
  /** Somebody chose it, by flag, variable or configuration; it is no finding of ours. */
  readonly given?: true;
}

/** Where a migration task runs. */
export interface Target {
  readonly environment: string;
  readonly names: Names;
  readonly region: string;
  readonly accountId: string | undefined;
  readonly cluster: Sourced<string>;
  readonly taskDefinition: Sourced<string>;
  readonly subnets: Sourced<readonly string[]>;
  readonly securityGroups: Sourced<readonly string[]>;
  /** What the stack says of the container, and of the log group; the task definition has the last word on the latter. */
  readonly container: Sourced<string> | undefined;
  readonly logGroup: Sourced<string> | undefined;
}

/** What flags and variables say about the target. */
export interface TargetOverrides {
  readonly cluster?: string | undefined;
  readonly taskDefinition?: string | undefined;
  readonly subnets?: readonly string[] | undefined;
  readonly securityGroups?: readonly string[] | undefined;
  readonly container?: string | undefined;
  readonly logGroup?: string | undefined;
  /** What the environment's parts are called, when it is not the convention. */
  readonly names?: Names | undefined;
  /** Where each value came from, when it is not its flag. */
  readonly sources?: Readonly<Record<string, string>>;
}

type TargetKey = 'cluster' | 'taskDefinition' | 'subnets' | 'securityGroups' | 'container' | 'logGroup';

/** What is known before anything is searched for. */
export type PartialTarget = {
  readonly [Key in TargetKey]-?: Sourced<NonNullable<TargetOverrides[Key]>> | undefined;
};

/** Flags before outputs; what neither says stays undefined. */
export function targetFromOutputs(
  stack: Stack | undefined,
  overrides: TargetOverrides,
  { outputs }: Pick<Names, 'outputs'>,
): PartialTarget {
  const output = (key: string): Sourced<string> | undefined => {
    const value = stack?.outputs[key]?.trim();
    return value ? { value, source: `output ${key} of ${stack?.name}` } : undefined;
  };
  const listOutput = (key: string): Sourced<readonly string[]> | undefined => {
    const found = output(key);
    const value = found?.value.split(',').map((part) => part.trim());
    return found && value && { value: value.filter((part) => part !== ''), source: found.source };
  };
  const given = <Value>(value: Value | undefined, key: TargetKey, flag: string): Sourced<Value> | undefined =>
    value === undefined ? undefined : { value, source: overrides.sources?.[key] ?? flag, given: true };
  return {
    cluster: given(overrides.cluster, 'cluster', '--cluster') ?? output(outputs.cluster),
    taskDefinition:
      given(overrides.taskDefinition, 'taskDefinition', '--task-definition') ?? output(outputs.taskDefinition),
    subnets: given(overrides.subnets, 'subnets', '--subnets') ?? listOutput(outputs.subnets),
    securityGroups:
      given(overrides.securityGroups, 'securityGroups', '--security-groups') ?? listOutput(outputs.securityGroups),
    container: given(overrides.container, 'container', '--container') ?? output(outputs.container),
    logGroup: given(overrides.logGroup, 'logGroup', '--log-group') ?? output(outputs.logGroup),
  };
}

/** All security groups of the stack that were made for the migration task; more than one is for a person to decide. */
export function migrationSecurityGroups(resources: readonly StackResource[]): readonly StackResource[] {
  return resources.filter(
    ({ type, logicalId, physicalId }) =>
      type === 'AWS::EC2::SecurityGroup' && logicalId.startsWith('MigrationSecurityGroup') && physicalId !== '',
  );
}

/** The private subnets that CDK exports for the compute stack; `undefined` when there is no such output. */
export function privateSubnetsFromOutputs(stack: Stack | undefined): Sourced<readonly string[]> | undefined {
  const ids = Object.entries(stack?.outputs ?? {})
    .filter(([key, value]) => /^ExportsOutputRefVpcPrivateSubnet\d+/.test(key) && value !== '')
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([, value]) => value);
  return ids.length === 0
    ? undefined
    : { value: ids, source: `outputs ExportsOutputRefVpcPrivateSubnet… of ${stack?.name}` };
}

/** The private subnets among a stack's resources, by logical id; never a public or an isolated one. */
export function privateSubnetsFromResources(
  stackName: string,
  resources: readonly StackResource[],
): Sourced<readonly string[]> | undefined {
  const ids = resources
    .filter(
      ({ type, logicalId, physicalId }) =>
        type === 'AWS::EC2::Subnet' &&
        logicalId.includes('Private') &&
        !/Public|Isolated/.test(logicalId) &&
        physicalId !== '',
    )
    .map(({ physicalId }) => physicalId);
  return ids.length === 0 ? undefined : { value: ids, source: `resources of ${stackName}` };
}

/** Why the outputs of a stack in this state may not be what runs, or `undefined` when it is settled. */
export function unsettledState(stack: Stack): string | undefined {
  if (stack.status.endsWith('_IN_PROGRESS')) return `${stack.name} is being changed (${stack.status})`;
  if (stack.status.includes('ROLLBACK')) return `the last change of ${stack.name} was rolled back (${stack.status})`;
  if (stack.status.endsWith('_FAILED')) return `the last change of ${stack.name} failed (${stack.status})`;
  return undefined;
}

/** The family of `family`, `family:revision` or a task definition's ARN. */
export function familyOf(taskDefinition: string): string {
  return (taskDefinition.split('/').at(-1) ?? taskDefinition).replace(/:\d+$/, '');
}

/** `family:revision` of a task definition's ARN. */
export function familyAndRevisionOf(taskDefinition: string): string {
  return taskDefinition.split('/').at(-1) ?? taskDefinition;
}

/** The id at the end of a task's ARN. */
export function taskIdOf(taskArn: string): string {
  return taskArn.split('/').at(-1) ?? taskArn;
}
