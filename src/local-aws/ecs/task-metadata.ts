import type { Region } from '../region.ts';
import type { Container, Task } from './task.ts';

/**
 * What the task metadata endpoint v4 answers for a path below its root: `/v4/<container>` and `/v4/<container>/task`
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html); `undefined` for any other.
 */
export function taskMetadata(path: string, regions: Iterable<Region>): object | undefined {
  const match = /^\/v4\/([0-9a-f]{32}-\d{10})(\/task)?$/.exec(path);
  for (const region of match ? regions : []) {
    for (const task of region.tasks) {
      const container = task.containers.find(({ runtimeId }) => runtimeId === match?.[1]);
      if (container) return match?.[2] === undefined ? describeContainer(task, container) : describeTask(task);
    }
  }
  return undefined;
}

function describeTask(task: Task): object {
  const { definition, times } = task;
  return {
    Cluster: task.clusterArn,
    TaskARN: task.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    Limits: { CPU: Number(definition.cpu ?? 0) / 1_024, Memory: Number(definition.memory ?? 0) },
    PullStartedAt: iso(times.pullStartedAt),
    PullStoppedAt: iso(times.pullStoppedAt),
    AvailabilityZone: task.availabilityZone,
    LaunchType: 'FARGATE',
    Containers: task.containers.map((container) => describeContainer(task, container)),
  };
}

function describeContainer(task: Task, container: Container): object {
  const { definition, runtimeId } = container;
  return {
    DockerId: runtimeId,
    Name: definition.name,
    DockerName: definition.name,
    Image: definition.image,
    ImageID: container.imageDigest,
    Labels: {
      'com.amazonaws.ecs.cluster': task.clusterArn,
      'com.amazonaws.ecs.container-name': definition.name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': task.definition.family,
      'com.amazonaws.ecs.task-definition-version': String(task.definition.revision),
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    Limits: { CPU: definition.cpu ?? 0 },
    CreatedAt: iso(task.times.pullStoppedAt),
    StartedAt: iso(task.times.startedAt ?? task.times.pullStoppedAt),
    Type: 'NORMAL',
    LogDriver: definition.logConfiguration?.logDriver,
    LogOptions: definition.logConfiguration?.options,
    ContainerARN: container.arn,
    Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: [task.privateAddress] }],
  };
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
