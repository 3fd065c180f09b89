import type { TaskFaults } from '../faults/task-faults.ts';
import type { ContainerProcess } from './container-process.ts';
import type { ContainerDefinition, Tag, TaskDefinition } from './task-definition.ts';

/** In the order in which a task goes through them (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html). */
export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export interface ContainerOverride {
  readonly name?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly environment?: readonly { readonly name: string; readonly value: string }[] | undefined;
}

export interface TaskOverrides {
  readonly containerOverrides?: readonly ContainerOverride[] | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

export interface Container {
  readonly definition: ContainerDefinition;
  readonly arn: string;
  /** `<task id>-<ten digits>` on Fargate; also the last part of its metadata endpoint. */
  readonly runtimeId: string;
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  imageDigest?: string;
  /** Absent when it never started. */
  exitCode?: number;
  reason?: string;
  /** How many lines it has printed, empty ones left out, wherever they went. */
  printedLines: number;
  /** When its process ended, milliseconds since the epoch. */
  stoppedAt?: number;
}

/** Milliseconds since the epoch; a phase that never came has none. */
export interface TaskTimes {
  readonly createdAt: number;
  connectivityAt?: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  executionStoppedAt?: number;
  stoppedAt?: number;
}

/** A running container's process, and how long it may take to stop. */
export interface TaskProcess extends ContainerProcess {
  readonly stopTimeoutMs: number;
}

/** One task while the stand-in runs; its life (task-life.ts) changes it. */
export interface Task {
  /** 32 hex characters. */
  readonly id: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly definition: TaskDefinition;
  readonly overrides: TaskOverrides;
  readonly launch: { readonly launchType?: string; readonly capacityProviderName?: string };
  readonly platformVersion: string;
  readonly group: string;
  readonly startedBy?: string | undefined;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly attachmentId: string;
  readonly privateAddress: string;
  readonly times: TaskTimes;
  readonly containers: readonly Container[];
  readonly processes: TaskProcess[];
  readonly faults: TaskFaults;
  /** Aborted when the task has to stop, for whatever reason. */
  readonly stopRequest: AbortController;
  tags: readonly Tag[];
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  attachmentStatus: 'PRECREATED' | 'ATTACHED' | 'DELETED';
  /** Grows by one with each change of state. */
  version: number;
  stopCode?: StopCode;
  stoppedReason?: string;
  /** Settled when the task is STOPPED and none of its processes lives. */
  life: Promise<void>;
}

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice';

/** Makes the task stop. The first reason counts. */
export function requestStop(task: Task, stopCode: StopCode, stoppedReason: string): void {
  if (task.stopRequest.signal.aborted) return;
  task.desiredStatus = 'STOPPED';
  task.stopCode = stopCode;
  task.stoppedReason = stoppedReason;
  task.version += 1;
  task.stopRequest.abort();
}
