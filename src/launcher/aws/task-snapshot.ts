import type { Container, Task } from '@aws-sdk/client-ecs';

export interface ContainerSnapshot {
  readonly name: string;
  readonly lastStatus: string | undefined;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  readonly imageDigest: string | undefined;
}

/** A task as DescribeTasks showed it; times in milliseconds since the epoch, by ECS's clock. */
export interface TaskSnapshot {
  readonly arn: string;
  readonly definitionArn: string;
  readonly lastStatus: string;
  readonly startedBy: string | undefined;
  readonly stopCode: string | undefined;
  readonly stoppedReason: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly pullStartedAtMs: number | undefined;
  readonly pullStoppedAtMs: number | undefined;
  readonly startedAtMs: number | undefined;
  readonly executionStoppedAtMs: number | undefined;
  readonly stoppedAtMs: number | undefined;
  readonly containers: readonly ContainerSnapshot[];
}

/** The SDK's task in our words. */
export function toTaskSnapshot(task: Task): TaskSnapshot {
  return {
    arn: task.taskArn ?? '',
    definitionArn: task.taskDefinitionArn ?? '',
    lastStatus: task.lastStatus ?? 'UNKNOWN',
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    createdAtMs: task.createdAt?.getTime(),
    pullStartedAtMs: task.pullStartedAt?.getTime(),
    pullStoppedAtMs: task.pullStoppedAt?.getTime(),
    startedAtMs: task.startedAt?.getTime(),
    executionStoppedAtMs: task.executionStoppedAt?.getTime(),
    stoppedAtMs: task.stoppedAt?.getTime(),
    containers: (task.containers ?? []).map(toContainerSnapshot),
  };
}

function toContainerSnapshot(container: Container): ContainerSnapshot {
  return {
    name: container.name ?? '',
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    imageDigest: container.imageDigest,
  };
}
