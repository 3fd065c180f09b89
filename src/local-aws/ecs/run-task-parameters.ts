import * as z from 'zod/mini';

import { environmentList, tagList } from './task-definition.ts';

const kept = z.optional(z.unknown());

const containerOverride = z.strictObject({
  name: z.optional(z.string()),
  command: z.optional(z.array(z.string())),
  environment: z.optional(environmentList),
  environmentFiles: kept,
  cpu: z.optional(z.int()),
  memory: z.optional(z.int()),
  memoryReservation: z.optional(z.int()),
  resourceRequirements: kept,
});

/**
 * Parameters of RunTask: names and types from @aws-sdk/client-ecs 3.1164, limits from
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html.
 */
export const runTaskParameters = z.strictObject({
  taskDefinition: z.string(),
  cluster: z.optional(z.string()),
  count: z.optional(
    z.int().check(z.minimum(1, 'count must be between 1 and 10'), z.maximum(10, 'count must be between 1 and 10')),
  ),
  launchType: z.optional(z.enum(['FARGATE', 'EC2', 'EXTERNAL', 'MANAGED_INSTANCES'])),
  capacityProviderStrategy: z.optional(
    z.array(z.strictObject({ capacityProvider: z.string(), weight: z.optional(z.int()), base: z.optional(z.int()) })),
  ),
  networkConfiguration: z.optional(
    z.strictObject({
      awsvpcConfiguration: z.optional(
        z.strictObject({
          subnets: z.array(z.string()).check(z.minLength(1, 'subnets can not be empty.'), z.maxLength(16)),
          securityGroups: z.optional(z.array(z.string()).check(z.maxLength(5))),
          assignPublicIp: z.optional(z.enum(['ENABLED', 'DISABLED'])),
        }),
      ),
    }),
  ),
  overrides: z.optional(
    z.strictObject({
      containerOverrides: z.optional(z.array(containerOverride)),
      cpu: z.optional(z.string()),
      memory: z.optional(z.string()),
      taskRoleArn: z.optional(z.string()),
      executionRoleArn: z.optional(z.string()),
      ephemeralStorage: kept,
      inferenceAcceleratorOverrides: kept,
    }),
  ),
  startedBy: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^[A-Za-z0-9_/-]{0,128}$/,
          'up to 128 letters (uppercase and lowercase), numbers, hyphens (-), forward slashes (/), and underscores (_)',
        ),
      ),
  ),
  clientToken: z.optional(
    z.string().check(z.regex(/^[!-~]{1,64}$/, 'up to 64 ASCII characters in the range of 33-126')),
  ),
  tags: z.optional(tagList.check(z.maxLength(50))),
  propagateTags: z.optional(z.enum(['TASK_DEFINITION', 'SERVICE', 'NONE'])),
  enableECSManagedTags: z.optional(z.boolean()),
  enableExecuteCommand: z.optional(z.boolean()),
  group: z.optional(z.string()),
  platformVersion: z.optional(z.enum(['LATEST', '1.4.0', '1.3.0'])),
  placementConstraints: kept,
  placementStrategy: kept,
  referenceId: z.optional(z.string()),
  volumeConfigurations: kept,
});

export type RunTaskParameters = z.output<typeof runTaskParameters>;
