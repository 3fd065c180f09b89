import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import {
  describeDefinition,
  taskDefinitionArn,
  taskDefinitionParameters,
  type TaskDefinition,
  type TaskDefinitionParameters,
} from './task-definition.ts';

/** RegisterTaskDefinition: the next revision of the family. */
export const registerTaskDefinition = operation(taskDefinitionParameters, (parameters, region) => {
  const problem = definitionProblem(parameters);
  if (problem !== undefined) throw new AwsError('ClientException', problem);
  const earlier = region.taskDefinitions.filter(({ family }) => family === parameters.family);
  const revision = Math.max(0, ...earlier.map(({ revision: number }) => number)) + 1;
  const definition: TaskDefinition = {
    ...parameters,
    arn: taskDefinitionArn(region, parameters.family, revision),
    revision,
    status: 'ACTIVE',
    registeredAt: region.now(),
  };
  region.taskDefinitions.push(definition);
  return { taskDefinition: describeDefinition(definition), tags: parameters.tags ?? [] };
});

/** Memory in MiB that Fargate offers for each CPU size (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html). */
const fargateMemory: Readonly<Record<string, { readonly from: number; readonly to: number; readonly step: number }>> = {
  256: { from: 512, to: 2_048, step: 512 },
  512: { from: 1_024, to: 4_096, step: 1_024 },
  1024: { from: 2_048, to: 8_192, step: 1_024 },
  2048: { from: 4_096, to: 16_384, step: 1_024 },
  4096: { from: 8_192, to: 30_720, step: 1_024 },
};

function definitionProblem(definition: TaskDefinitionParameters): string | undefined {
  const containers = definition.containerDefinitions;
  if (new Set(containers.map(({ name }) => name)).size < containers.length) return 'Container names must be unique.';
  if (!containers.some(({ essential = true }) => essential))
    return 'All TaskDefinitions must have at least one essential container.';
  if (!definition.requiresCompatibilities?.includes('FARGATE')) return undefined;
  const { networkMode, cpu, memory, executionRoleArn } = definition;
  if (networkMode !== 'awsvpc') return 'Fargate only supports network mode ‘awsvpc’.';
  if (cpu === undefined || memory === undefined) return "Fargate requires that 'cpu' be defined at the task level.";
  const offer = fargateMemory[cpu];
  const mebibytes = Number(memory);
  if (!offer || mebibytes < offer.from || mebibytes > offer.to || (mebibytes - offer.from) % offer.step !== 0)
    return `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`;
  for (const { secrets = [], logConfiguration, stopTimeout = 30 } of containers) {
    if (executionRoleArn === undefined && secrets.length > 0)
      return 'Fargate requires task definition to have execution role ARN to support secrets.';
    if (executionRoleArn === undefined && logConfiguration?.logDriver === 'awslogs')
      return 'Fargate requires task definition to have execution role ARN to support log driver awslogs.';
    if (logConfiguration?.logDriver === 'awslogs' && !logConfiguration.options?.['awslogs-stream-prefix'])
      return 'When using the awslogs log driver with Fargate, the awslogs-stream-prefix option is required.';
    if (stopTimeout > 120) return 'Stop timeout for Fargate tasks must be 120 seconds or less.';
  }
  return undefined;
}
