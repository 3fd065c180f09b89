import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { findCluster } from './clusters.ts';
import { describeTask } from './describe-task.ts';
import { findTask } from './tasks.ts';

/** DescribeTasks: up to 100 tasks of one cluster; what the cluster does not have is a failure `MISSING` in a successful answer. */
export const describeTasks = operation(
  z.strictObject({
    tasks: z.array(z.string()),
    cluster: z.optional(z.string()),
    include: z.optional(z.array(z.literal('TAGS'))),
  }),
  ({ tasks: wanted, cluster: clusterReference, include = [] }, region) => {
    if (wanted.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.');
    if (wanted.length > 100)
      throw new AwsError('InvalidParameterException', 'Cannot describe more than 100 tasks at once.');
    const cluster = findCluster(region, clusterReference);
    const found = wanted.map((idOrArn) => ({ idOrArn, task: findTask(region, cluster, idOrArn) }));
    return {
      tasks: found.flatMap(({ task }) => {
        if (!task) return [];
        return [{ ...describeTask(task, region.now()), ...(include.includes('TAGS') ? { tags: task.tags } : {}) }];
      }),
      failures: found.flatMap(({ task, idOrArn }) => {
        if (task) return [];
        const arn = `arn:aws:ecs:${region.name}:${region.accountId}:task/${cluster}/${idOrArn}`;
        return [{ arn: idOrArn.startsWith('arn:') ? idOrArn : arn, reason: 'MISSING' }];
      }),
    };
  },
);
