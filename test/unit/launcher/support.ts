import type { LogPage } from '../../../src/launcher/aws/logs.ts';
import type { ContainerDefinition, TaskDefinition } from '../../../src/launcher/aws/task-definition.ts';
import type { ContainerSnapshot, TaskSnapshot } from '../../../src/launcher/aws/task-snapshot.ts';
import { toAwsError, type AwsErrorKind } from '../../../src/launcher/aws/aws-error.ts';
import type { Clock } from '../../../src/launcher/clock.ts';

/** A clock that moves only when somebody sleeps, so a scripted minute takes no time. */
export function scriptedClock(): Clock & { readonly slept: number[] } {
  let nowMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    sleep: (ms, signal) => {
      if (!signal?.aborted) {
        nowMs += ms;
        slept.push(ms);
      }
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export const taskArn = 'arn:aws:ecs:us-east-1:123456789012:task/staging-wumbo-cluster/0123456789abcdef';

export function container(fields: Partial<ContainerSnapshot> = {}): ContainerSnapshot {
  return {
    name: 'MigrationContainer',
    lastStatus: 'STOPPED',
    exitCode: undefined,
    reason: undefined,
    imageDigest: undefined,
    ...fields,
  };
}

export function task(fields: Partial<TaskSnapshot> = {}): TaskSnapshot {
  return {
    arn: taskArn,
    definitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/staging-wumbo-migration:7',
    lastStatus: 'STOPPED',
    startedBy: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    createdAtMs: 0,
    pullStartedAtMs: undefined,
    pullStoppedAtMs: undefined,
    startedAtMs: 5_000,
    executionStoppedAtMs: undefined,
    stoppedAtMs: undefined,
    containers: [container({ exitCode: 0 })],
    ...fields,
  };
}

export function containerDefinition(fields: Partial<ContainerDefinition> = {}): ContainerDefinition {
  return {
    name: 'MigrationContainer',
    image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/wumbo-migration:2026.11.22',
    essential: true,
    logDriver: 'awslogs',
    logOptions: {
      'awslogs-group': '/aws/ecs/staging-wumbo-cluster/migration',
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': 'migration',
      mode: 'blocking',
    },
    secrets: [],
    restarts: false,
    ...fields,
  };
}

export function taskDefinition(containers: readonly ContainerDefinition[]): TaskDefinition {
  return {
    arn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/staging-wumbo-migration:7',
    name: 'staging-wumbo-migration:7',
    family: 'staging-wumbo-migration',
    revision: 7,
    architecture: undefined,
    active: true,
    containers,
  };
}

/** What the SDK throws, already translated, for a kind of trouble. */
export function awsError(
  kind: Extract<AwsErrorKind, 'denied' | 'throttled' | 'unavailable' | 'rejected'>,
  reason = `${kind} for the test`,
): Error {
  const names = {
    denied: 'AccessDeniedException',
    throttled: 'ThrottlingException',
    unavailable: 'TimeoutError',
    rejected: 'InvalidParameterException',
  };
  const error = Object.assign(new Error(reason), {
    name: names[kind],
    $metadata: { httpStatusCode: 400 },
  });
  return toAwsError(error, { action: 'ecs:Test' }) as Error;
}

export function page(messages: readonly string[], nextToken: string): LogPage {
  return { lines: messages.map((message) => ({ timestampMs: 1, message })), nextToken };
}

/** The last line of a container that printed so many lines before it, all of them plain; of an older one when it counts none. */
export function endMarkerAfter(linesBefore?: number): string {
  return JSON.stringify({
    event: 'run.finished',
    runId: 'r',
    time: '2026-11-22T10:00:00.000Z',
    outcome: 'succeeded',
    exitCode: 0,
    applied: [],
    reverted: [],
    pending: [],
    current: null,
    durationMs: 1,
    ...(linesBefore === undefined ? {} : { printed: { lines: linesBefore + 1, events: 1 } }),
  });
}

/** An end marker that counts nothing. */
export const endMarker = endMarkerAfter();
