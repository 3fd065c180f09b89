import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import { onTestFinished } from 'vitest';

import type { ImageProgram } from '../../../src/local-aws/account.ts';
import { startLocalAws, type LocalAws, type LocalAwsOptions } from '../../../src/local-aws/server.ts';
import { wumboAccount } from '../../../src/local-aws/wumbo/wumbo-account.ts';
import { wumboNames, type WumboEnvironment, type WumboNames } from '../../../src/local-aws/wumbo/wumbo-environment.ts';

export interface TestAws {
  readonly aws: LocalAws;
  readonly names: WumboNames;
  readonly cloudFormation: CloudFormationClient;
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
  /** RunTask with everything right, but for what the test gives. */
  readonly run: (parameters?: Partial<RunTaskCommandInput>) => Promise<Task>;
  readonly describe: (task: Task) => Promise<Task>;
  /** Waits until the task has this status and answers it as it is then. */
  readonly until: (task: Task, status: string) => Promise<Task>;
  /** The messages of the task's stream once it is quiet. */
  readonly messages: (task: Task, container?: string) => Promise<string[]>;
  /** SDK settings of a caller, the right one by default. */
  readonly caller: (changes?: object) => object;
}

export interface TestAwsOptions extends Partial<Omit<LocalAwsOptions, 'account'>> {
  /** JavaScript that a container of the image runs, after its words as `args`. */
  readonly script?: string;
  readonly images?: Readonly<Record<string, ImageProgram>>;
  readonly environment?: Partial<WumboEnvironment>;
}

export const database = {
  username: 'wumbo_admin',
  password: 'planted',
  host: '127.0.0.1',
  port: 5432,
  dbname: 'wumbo',
};

/** A program that runs the JavaScript; `args` are the container's words. */
export function scriptImage(script: string): ImageProgram {
  return { entrypoint: [process.execPath, '-e', `const args = process.argv.slice(1); ${script}`, '--'], command: [] };
}

/** A stand-in of this test alone with one environment, `production`, and the real SDK's clients for it. */
export async function startTestAws({
  script = '',
  images = {},
  environment: changes = {},
  ...options
}: TestAwsOptions = {}): Promise<TestAws> {
  const environment: WumboEnvironment = { name: 'production', database, ...changes };
  const account = wumboAccount({
    environments: [environment, { name: 'staging', database }],
    images: { 'wumbo-migration': scriptImage(script), ...images },
  });
  const aws = await startLocalAws({ account, paceMs: 5, logDelayMs: 10, closeGraceMs: 200, ...options });
  onTestFinished(() => aws.close());
  const names = wumboNames(account, environment);
  const caller = (callerChanges: object = {}): object => ({
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...callerChanges,
  });
  const cloudFormation = new CloudFormationClient(caller());
  const ecs = new ECSClient(caller());
  const logs = new CloudWatchLogsClient(caller());
  onTestFinished(() => [cloudFormation, ecs, logs].forEach((client) => client.destroy()));
  const describe = async (task: Task): Promise<Task> => {
    const { tasks = [] } = await ecs.send(
      new DescribeTasksCommand({ cluster: task.clusterArn, tasks: [task.taskArn ?? ''], include: ['TAGS'] }),
    );
    return tasks[0] ?? {};
  };
  return {
    aws,
    names,
    cloudFormation,
    ecs,
    logs,
    describe,
    caller,
    run: async (parameters = {}) => {
      const { tasks = [] } = await ecs.send(new RunTaskCommand(rightParameters(names, parameters)));
      return tasks[0] ?? {};
    },
    until: (task, status) =>
      eventually(async () => {
        const now = await describe(task);
        return now.lastStatus === status ? now : undefined;
      }),
    messages: async (task, container = 'MigrationContainer') => {
      await eventually(async () => ((await describe(task)).lastStatus === 'STOPPED' ? true : undefined));
      await pause(50);
      const stream = `migration/${container}/${idOf(task)}`;
      const { events = [] } = await logs.send(
        new GetLogEventsCommand({ logGroupName: names.logGroup, logStreamName: stream, startFromHead: true }),
      );
      return events.map(({ message }) => message ?? '');
    },
  };
}

export function rightParameters(names: WumboNames, changes: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput {
  return {
    cluster: names.cluster,
    taskDefinition: names.migrationTaskDefinitionArn,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: names.subnets.filter(({ kind }) => kind === 'Private').map(({ id }) => id),
        securityGroups: [names.migrationSecurityGroupId],
        assignPublicIp: 'DISABLED',
      },
    },
    ...changes,
  };
}

export function withCommand(...command: string[]): Partial<RunTaskCommandInput> {
  return { overrides: { containerOverrides: [{ name: 'MigrationContainer', command }] } };
}

export function idOf(task: Task): string {
  return task.taskArn?.split('/').at(-1) ?? '';
}

/** Asks until there is an answer, for 20 s at most. */
export async function eventually<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('It did not happen within 20 s.');
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
