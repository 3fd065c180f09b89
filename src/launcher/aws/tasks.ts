import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type ECSClient,
  type ListTasksCommandInput,
} from '@aws-sdk/client-ecs';
import type { Send } from './send.ts';
import { toTaskDefinition, type TaskDefinition } from './task-definition.ts';
import { toTaskSnapshot, type TaskSnapshot } from './task-snapshot.ts';

export interface Network {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

export interface RunTaskRequest extends Network {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly clientToken: string;
  readonly startedBy: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly override: { readonly container: string; readonly command: readonly string[] } | undefined;
}

export interface RunTaskAnswer {
  readonly task: TaskSnapshot | undefined;
  /** `reason: detail` of each failure; HTTP 200 may come with failures and no task. */
  readonly failures: readonly string[];
}

/** ECS as a launch uses it. Every method throws an AwsError. */
export interface Tasks {
  describeDefinition(name: string): Promise<TaskDefinition>;
  /** The network of a service, or `undefined` when there is no such service or it has none. */
  describeServiceNetwork(cluster: string, service: string): Promise<Network | undefined>;
  run(request: RunTaskRequest): Promise<RunTaskAnswer>;
  /** The tasks that are still known; a task that is missing from the answer is missing from the list. */
  describe(cluster: string, arns: readonly string[]): Promise<readonly TaskSnapshot[]>;
  /** ARNs of a family's tasks, those that are to stop included (up to an hour after they stopped). */
  listFamily(cluster: string, family: string): Promise<readonly string[]>;
  listStartedBy(cluster: string, startedBy: string): Promise<readonly string[]>;
  stop(cluster: string, arn: string, reason: string): Promise<void>;
}

export function createTasks(
  { client, runTaskClient }: { readonly client: () => ECSClient; readonly runTaskClient: () => ECSClient },
  send: Send,
): Tasks {
  const list = async (filter: ListTasksCommandInput): Promise<string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = { ...filter, ...(nextToken === undefined ? {} : { nextToken }) };
      const answer = await send('ecs:ListTasks', (abortSignal) =>
        client().send(new ListTasksCommand(page), { abortSignal }),
      );
      arns.push(...(answer.taskArns ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return arns;
  };

  return {
    async describeDefinition(name) {
      const answer = await send('ecs:DescribeTaskDefinition', (abortSignal) =>
        client().send(new DescribeTaskDefinitionCommand({ taskDefinition: name }), { abortSignal }),
      );
      return toTaskDefinition(answer.taskDefinition ?? {});
    },

    async describeServiceNetwork(cluster, service) {
      const answer = await send('ecs:DescribeServices', (abortSignal) =>
        client().send(new DescribeServicesCommand({ cluster, services: [service] }), { abortSignal }),
      );
      const network = answer.services?.[0]?.networkConfiguration?.awsvpcConfiguration;
      return network && { subnets: network.subnets ?? [], securityGroups: network.securityGroups ?? [] };
    },

    async run(request) {
      const answer = await send('ecs:RunTask', (abortSignal) =>
        runTaskClient().send(new RunTaskCommand(runTaskInput(request)), { abortSignal }),
      );
      const task = answer.tasks?.[0];
      return {
        task: task && toTaskSnapshot(task),
        failures: (answer.failures ?? []).map(({ reason, detail }) =>
          [reason, detail].filter((part) => part !== undefined && part !== '').join(': '),
        ),
      };
    },

    async describe(cluster, arns) {
      const snapshots: TaskSnapshot[] = [];
      // DescribeTasks takes 100 at a time.
      for (let first = 0; first < arns.length; first += 100) {
        const answer = await send('ecs:DescribeTasks', (abortSignal) =>
          client().send(new DescribeTasksCommand({ cluster, tasks: arns.slice(first, first + 100) }), { abortSignal }),
        );
        snapshots.push(...(answer.tasks ?? []).map(toTaskSnapshot));
      }
      return snapshots;
    },

    async listFamily(cluster, family) {
      // A task that is being stopped has the desired status STOPPED while its process may live on for two minutes.
      const lists = await Promise.all(
        (['RUNNING', 'STOPPED'] as const).map((desiredStatus) => list({ cluster, family, desiredStatus })),
      );
      return lists.flat();
    },

    // `startedBy` must be the only filter (ListTasks API reference).
    listStartedBy: (cluster, startedBy) => list({ cluster, startedBy }),

    async stop(cluster, task, reason) {
      await send('ecs:StopTask', (abortSignal) =>
        client().send(new StopTaskCommand({ cluster, task, reason }), { abortSignal }),
      );
    },
  };
}

function runTaskInput({
  cluster,
  taskDefinition,
  subnets,
  securityGroups,
  clientToken,
  startedBy,
  tags,
  override,
}: RunTaskRequest) {
  return {
    cluster,
    taskDefinition,
    clientToken,
    startedBy,
    count: 1,
    launchType: 'FARGATE' as const,
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...subnets],
        securityGroups: [...securityGroups],
        assignPublicIp: 'DISABLED' as const,
      },
    },
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    ...(override && {
      overrides: { containerOverrides: [{ name: override.container, command: [...override.command] }] },
    }),
  };
}
