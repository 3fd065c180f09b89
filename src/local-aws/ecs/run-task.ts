import { randomBytes, randomInt } from 'node:crypto';

import { faultsOfTask } from '../faults/task-faults.ts';
import { operation } from '../operation.ts';
import type { Region } from '../region.ts';
import { checkRunTask, type TaskPlace } from './check-run-task.ts';
import { clusterArn } from './clusters.ts';
import { describeTask } from './describe-task.ts';
import { runTaskParameters, type RunTaskParameters } from './run-task-parameters.ts';
import { fingerprintOf, replayedTasks } from './run-task-replay.ts';
import { liveTask } from './task-life.ts';
import type { Task } from './task.ts';
import type { Tag } from './task-definition.ts';

/** RunTask (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html): checks like ECS, then really runs the containers. */
export const runTask = operation(runTaskParameters, (parameters, region) => {
  const { clientToken, ...others } = parameters;
  const place = checkRunTask(parameters, region);
  const fingerprint = fingerprintOf(others);
  const replayKey = clientToken === undefined ? undefined : `${place.clusterName} ${clientToken}`;
  const earlier =
    replayKey === undefined ? undefined : replayedTasks(region.runTaskReplays.get(replayKey), fingerprint);
  const tasks = earlier ?? Array.from({ length: parameters.count ?? 1 }, () => newTask(parameters, place, region));
  if (!earlier) {
    if (replayKey !== undefined) region.runTaskReplays.set(replayKey, { fingerprint, tasks });
    region.tasks.push(...tasks);
    for (const task of tasks) task.life = liveTask(task, region);
  }
  return { tasks: tasks.map((task) => ({ ...describeTask(task, region.now()), tags: task.tags })), failures: [] };
});

function newTask(parameters: RunTaskParameters, { clusterName, definition, launch }: TaskPlace, region: Region): Task {
  const id = randomBytes(16).toString('hex');
  const subnetIds = parameters.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const subnetId = subnetIds[randomInt(Math.max(1, subnetIds.length))] ?? '';
  return {
    id,
    arn: `arn:aws:ecs:${region.name}:${region.accountId}:task/${clusterName}/${id}`,
    clusterName,
    clusterArn: clusterArn(region, clusterName),
    definition,
    overrides: parameters.overrides ?? {},
    launch,
    // The answer names the version that LATEST stands for.
    platformVersion: parameters.platformVersion === '1.3.0' ? '1.3.0' : '1.4.0',
    group: parameters.group ?? `family:${definition.family}`,
    startedBy: parameters.startedBy,
    subnetId,
    availabilityZone: region.subnets.find((subnet) => subnet.id === subnetId)?.availabilityZone ?? '',
    attachmentId: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20)}`,
    privateAddress: `10.0.${randomInt(32, 64)}.${randomInt(4, 250)}`,
    times: { createdAt: region.now() },
    containers: definition.containerDefinitions.map((container) => ({
      definition: container,
      arn: `arn:aws:ecs:${region.name}:${region.accountId}:container/${clusterName}/${id}/${randomBytes(16).toString('hex')}`,
      runtimeId: `${id}-${randomInt(10 ** 9, 4 * 10 ** 9)}`,
      lastStatus: 'PENDING',
      printedLines: 0,
    })),
    processes: [],
    faults: faultsOfTask(region.faults),
    stopRequest: new AbortController(),
    tags: tagsOf(parameters, definition.tags, clusterName),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    attachmentStatus: 'PRECREATED',
    version: 1,
    life: Promise.resolve(),
  };
}

function tagsOf(
  { tags = [], propagateTags, enableECSManagedTags = false }: RunTaskParameters,
  definitionTags: readonly Tag[] = [],
  clusterName: string,
): readonly Tag[] {
  const own = new Set(tags.map(({ key }) => key));
  const propagated = propagateTags === 'TASK_DEFINITION' ? definitionTags.filter(({ key }) => !own.has(key)) : [];
  const managed = enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: clusterName }] : [];
  return [...tags, ...propagated, ...managed];
}
