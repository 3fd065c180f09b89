import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';
import { findCluster } from './clusters.ts';
import { visibleTasks } from './tasks.ts';

const invalidType = 'InvalidParameterException';

/**
 * ListTasks: ARNs of one cluster's tasks, 100 to a page (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html).
 * It goes by the *desired* status, RUNNING unless told otherwise: a task that is being stopped counts as STOPPED while its
 * process still lives, and PENDING finds nothing. `startedBy` must be the only filter.
 */
export const listTasks = operation(
  z.strictObject({
    cluster: z.optional(z.string()),
    containerInstance: z.optional(z.string()),
    family: z.optional(z.string()),
    nextToken: z.optional(z.string()),
    maxResults: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
    startedBy: z.optional(z.string()),
    serviceName: z.optional(z.string()),
    desiredStatus: z.optional(z.enum(['RUNNING', 'PENDING', 'STOPPED'])),
    launchType: z.optional(z.enum(['FARGATE', 'EC2', 'EXTERNAL', 'MANAGED_INSTANCES'])),
    daemonName: z.optional(z.string()),
  }),
  ({ cluster, family, startedBy, desiredStatus = 'RUNNING', nextToken, maxResults = 100, ...others }, region) => {
    const { containerInstance, serviceName, launchType, daemonName } = others;
    if (
      startedBy !== undefined &&
      [family, containerInstance, serviceName, daemonName].some((filter) => filter !== undefined)
    )
      throw new AwsError(invalidType, 'startedBy cannot be combined with another filter.');
    if (family !== undefined && serviceName !== undefined)
      throw new AwsError(invalidType, 'Only one of family and serviceName may be specified.');
    const arns = visibleTasks(region, findCluster(region, cluster))
      .filter((task) => task.desiredStatus === desiredStatus)
      .filter((task) => family === undefined || task.definition.family === family)
      .filter((task) => startedBy === undefined || task.startedBy === startedBy)
      .filter((task) => launchType === undefined || task.launch.launchType === launchType)
      // No task of ours runs on an instance or belongs to a service or daemon.
      .filter(() => containerInstance === undefined && serviceName === undefined && daemonName === undefined)
      .map(({ arn }) => arn);
    const page = pageOf(arns, { token: nextToken, size: maxResults, invalidType });
    return { taskArns: page.items, nextToken: page.nextToken };
  },
);
