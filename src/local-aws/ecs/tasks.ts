import { AwsError } from '../aws-error.ts';
import type { Region } from '../region.ts';
import type { Task } from './task.ts';

/** Tasks of a cluster that calls can still see: a stopped one disappears after a while (AWS: at least an hour). */
export function visibleTasks(region: Region, clusterName: string): readonly Task[] {
  const oldest = region.now() - region.behaviour.stoppedTaskVisibleMs;
  return region.tasks.filter(
    (task) => task.clusterName === clusterName && (task.times.stoppedAt === undefined || task.times.stoppedAt > oldest),
  );
}

/** The cluster's task by id or ARN. */
export function findTask(region: Region, clusterName: string, idOrArn: string): Task | undefined {
  return visibleTasks(region, clusterName).find(({ id, arn }) => id === idOrArn || arn === idOrArn);
}

/** A task of any cluster by ARN, for the calls that take nothing else. @throws AwsError. */
export function findTaskByArn(region: Region, arn: string): Task {
  const task = region.clusters.flatMap((cluster) => visibleTasks(region, cluster)).find((own) => own.arn === arn);
  if (!task)
    throw new AwsError(
      'InvalidParameterException',
      'The specified task is invalid. Specify a valid task and try again.',
    );
  return task;
}
