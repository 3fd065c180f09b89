import type { DockerImage, ImageProgram, Secret, SecurityGroup, Service, Stack, Subnet } from './account.ts';
import type { Faults } from './faults/faults.ts';
import type { TaskDefinition } from './ecs/task-definition.ts';
import type { RunTaskReplay } from './ecs/run-task-replay.ts';
import type { Task } from './ecs/task.ts';
import type { LogGroup } from './logs/log-store.ts';

/** How fast and how generous the stand-in is. */
export interface Behaviour {
  /** Length of each phase of a task's life. */
  readonly paceMs: number;
  /** From a line's arrival at the log driver until CloudWatch shows it. */
  readonly logDelayMs: number;
  /** Most events on one page of GetLogEvents and FilterLogEvents; AWS: 10,000. */
  readonly logPageSize: number;
  /** How long a stopped task stays visible; AWS: at least an hour. */
  readonly stoppedTaskVisibleMs: number;
  /** From SIGTERM to SIGKILL when the stand-in itself closes. */
  readonly closeGraceMs: number;
}

/** One region of the account while the stand-in runs: the account's data, and what calls have made of it. */
export interface Region {
  readonly name: string;
  readonly accountId: string;
  readonly behaviour: Behaviour;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Base URL of the stand-in, for the task metadata endpoint. */
  readonly endpoint: () => string;
  readonly log: (line: string) => void;
  /** What goes wrong. */
  readonly faults: Faults;
  /** Set when the stand-in closes: nobody waits for anything any more. */
  readonly closing: AbortController;
  readonly stacks: Stack[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly clusters: readonly string[];
  readonly services: readonly Service[];
  readonly taskDefinitions: TaskDefinition[];
  readonly tasks: Task[];
  /** RunTask calls by cluster and client token. */
  readonly runTaskReplays: Map<string, RunTaskReplay>;
  readonly logGroups: Map<string, LogGroup>;
  readonly secrets: Secret[];
  readonly images: Readonly<Record<string, ImageProgram | DockerImage>>;
}

export type RegionContext = Pick<Region, 'behaviour' | 'now' | 'endpoint' | 'log' | 'faults' | 'closing'>;
