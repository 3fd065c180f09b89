import { AwsError } from '../aws-error.ts';
import type { Region } from '../region.ts';
import { findCluster } from './clusters.ts';
import type { RunTaskParameters } from './run-task-parameters.ts';
import { findTaskDefinition, type TaskDefinition } from './task-definition.ts';

export interface TaskPlace {
  readonly clusterName: string;
  readonly definition: TaskDefinition;
  readonly launch: { readonly launchType?: string; readonly capacityProviderName?: string };
}

/** Everything that ECS checks before it accepts a RunTask call. @throws AwsError in ECS's words. */
export function checkRunTask(parameters: RunTaskParameters, region: Region): TaskPlace {
  const clusterName = findCluster(region, parameters.cluster);
  const definition = findTaskDefinition(region, parameters.taskDefinition);
  if (definition.status === 'INACTIVE') throw new AwsError('ClientException', 'TaskDefinition is inactive');
  const launch = launchOf(parameters, definition);
  checkNetwork(parameters, definition, region);
  checkOverrides(parameters, definition);
  checkTags(parameters);
  return { clusterName, definition, launch };
}

function launchOf(
  { launchType, capacityProviderStrategy: strategy = [] }: RunTaskParameters,
  definition: TaskDefinition,
): TaskPlace['launch'] {
  if (launchType !== undefined && strategy.length > 0)
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  const unknown = strategy.find(({ capacityProvider }) => !/^FARGATE(_SPOT)?$/.test(capacityProvider));
  if (unknown) throw invalid(`The specified capacity provider '${unknown.capacityProvider}' was not found.`);
  const [first] = strategy;
  if (launchType !== 'FARGATE' && !first) throw invalid('No Container Instances were found in your cluster.');
  if (!definition.requiresCompatibilities?.includes('FARGATE'))
    throw invalid('Task definition does not support launch_type FARGATE.');
  return { launchType: 'FARGATE', ...(first ? { capacityProviderName: first.capacityProvider } : {}) };
}

function checkNetwork({ networkConfiguration }: RunTaskParameters, definition: TaskDefinition, region: Region): void {
  const network = networkConfiguration?.awsvpcConfiguration;
  if (!network) {
    if (definition.networkMode !== 'awsvpc') return;
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const missing = network.subnets.find((id) => !region.subnets.some((subnet) => subnet.id === id));
  if (missing !== undefined)
    throw invalid(
      `Error retrieving subnet information for [${network.subnets.join(', ')}]: The subnet ID '${missing}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  const vpcs = new Set(region.subnets.filter(({ id }) => network.subnets.includes(id)).map(({ vpcId }) => vpcId));
  if (vpcs.size > 1) throw invalid('All subnets must belong to the same VPC.');
  for (const id of network.securityGroups ?? []) {
    const group = region.securityGroups.find((candidate) => candidate.id === id);
    if (!group)
      throw invalid(
        `Error retrieving security group information for [${network.securityGroups?.join(', ') ?? ''}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
      );
    if (!vpcs.has(group.vpcId))
      throw invalid(`Security Group ${id} does not appear to belong to the same VPC as the input subnets.`);
  }
}

function checkOverrides({ overrides }: RunTaskParameters, definition: TaskDefinition): void {
  if (!overrides) return;
  if (JSON.stringify(overrides).length > 8_192) throw invalid('Container Overrides length must be at most 8192');
  for (const { name } of overrides.containerOverrides ?? []) {
    if (name === undefined) throw invalid('Container override name is required.');
    if (!definition.containerDefinitions.some((container) => container.name === name))
      throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
}

/** Tag rules: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html. */
function checkTags({ tags = [] }: RunTaskParameters): void {
  if (new Set(tags.map(({ key }) => key)).size < tags.length) throw invalid('Duplicate tag keys found.');
  for (const { key, value = '' } of tags) {
    if (key === '' || key.length > 128 || value.length > 256 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value))
      throw invalid('Some tags contain invalid characters. Valid characters: [a-zA-Z+-=._:/@].');
    if (key.toLowerCase().startsWith('aws:')) throw invalid('Tag keys with prefix "aws:" are reserved.');
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
