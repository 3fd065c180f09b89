import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { findCluster } from './clusters.ts';
import { describeTask } from './describe-task.ts';
import { requestStop } from './task.ts';
import { findTask } from './tasks.ts';

/** StopTask: SIGTERM now, SIGKILL after the container's stopTimeout. A task that stops already goes on as it was. */
export const stopTask = operation(
  z.strictObject({
    task: z.string(),
    cluster: z.optional(z.string()),
    reason: z.optional(z.string().check(z.maxLength(1_024))),
  }),
  ({ task: idOrArn, cluster, reason }, region) => {
    const task = findTask(region, findCluster(region, cluster), idOrArn);
    if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
    requestStop(task, 'UserInitiated', reason ?? 'Task stopped by user');
    return { task: describeTask(task, region.now()) };
  },
);
