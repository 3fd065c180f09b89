import type { ContainerDefinition } from '../aws/task-definition.ts';
import { conventionalNames, type Names } from './names.ts';
import { taskIdOf, type Sourced } from './target.ts';

/** Where the container's log goes; the stream's name is known when the task is. */
export interface LogLocation {
  readonly group: string;
  readonly region: string;
  /** `prefix/container/`, to be followed by the task's id. */
  readonly streamPrefix: string;
}

/** The location, or why there is none that can be read; notes are for people. */
export interface LogFinding {
  readonly location: LogLocation | undefined;
  /** What named the group. */
  readonly source?: string;
  readonly unreadable: string | undefined;
  readonly notes: readonly string[];
}

interface Expectation {
  readonly environment: string;
  readonly names?: Names;
  readonly region: string;
  /** From --log-group (which wins) or from the stack's output (which only is compared). */
  readonly logGroup: Sourced<string> | undefined;
}

/** The log location that the task definition gives; ECS itself knows no other. */
export function findLog(
  container: ContainerDefinition,
  { environment, names = conventionalNames(environment), region, logGroup }: Expectation,
): LogFinding {
  if (container.logDriver !== 'awslogs') {
    const driver = container.logDriver === undefined ? 'no log configuration' : `the log driver ${container.logDriver}`;
    return {
      location: undefined,
      unreadable: `${container.name} has ${driver}, not awslogs: its output cannot be shown here, only its exit code.`,
      notes: [],
    };
  }
  const configured = container.logOptions['awslogs-group'];
  const prefix = container.logOptions['awslogs-stream-prefix'];
  const group = logGroup?.given ? logGroup.value : configured;
  if (group === undefined || prefix === undefined) {
    const missing = group === undefined ? 'awslogs-group' : 'awslogs-stream-prefix';
    return {
      location: undefined,
      unreadable: `The log configuration of ${container.name} has no ${missing}: its output cannot be shown here, only its exit code.`,
      notes: [],
    };
  }
  return {
    location: {
      group,
      region: container.logOptions['awslogs-region'] ?? region,
      streamPrefix: `${prefix}/${container.name}/`,
    },
    source: logGroup?.given ? logGroup.source : 'the task definition',
    unreadable: undefined,
    notes: notes(configured, logGroup, names.documentedLogGroup),
  };
}

/** The name of a task's own stream. */
export function streamOf(location: LogLocation, taskArn: string): string {
  return location.streamPrefix + taskIdOf(taskArn);
}

function notes(
  configured: string | undefined,
  logGroup: Sourced<string> | undefined,
  documented: string | undefined,
): string[] {
  if (logGroup)
    return configured === logGroup.value
      ? []
      : [`The task definition logs to ${configured ?? 'no group'}, but ${logGroup.source} says ${logGroup.value}.`];
  return documented === undefined || configured === documented
    ? []
    : [`The log is in ${configured}, not in the documented ${documented}.`];
}
