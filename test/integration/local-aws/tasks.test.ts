import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  type ListTasksCommandInput,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';

import { idOf, pause, rightParameters, startTestAws } from './test-aws.ts';

const forever = 'setInterval(() => {}, 1000)';

test('ListTasks goes by the desired status: RUNNING unless told otherwise, and PENDING finds nothing', async () => {
  const script = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 400)); ${forever}`;
  const { ecs, names, run, until } = await startTestAws({ script });
  const list = async (filters: ListTasksCommandInput): Promise<string[]> =>
    (await ecs.send(new ListTasksCommand({ cluster: names.cluster, ...filters }))).taskArns ?? [];
  const task = await run({ startedBy: 'me' });
  await expect(list({})).resolves.toStrictEqual([task.taskArn]);
  await expect(list({ family: names.family })).resolves.toStrictEqual([task.taskArn]);
  await expect(list({ family: 'other' })).resolves.toStrictEqual([]);
  await expect(list({ startedBy: 'me' })).resolves.toStrictEqual([task.taskArn]);
  await expect(list({ startedBy: 'you', desiredStatus: 'RUNNING' })).resolves.toStrictEqual([]);
  await expect(list({ desiredStatus: 'PENDING' })).resolves.toStrictEqual([]);
  await until(task, 'RUNNING');
  await pause(300);
  await ecs.send(new StopTaskCommand({ cluster: names.cluster, task: task.taskArn }));
  await expect(list({ family: names.family })).resolves.toStrictEqual([]);
  await expect(list({ family: names.family, desiredStatus: 'STOPPED' })).resolves.toStrictEqual([task.taskArn]);
  await expect(list({ startedBy: 'me', family: names.family })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(list({ cluster: 'nope' })).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
});

test('ListTasks pages by maxResults and by 100 at most', async () => {
  const { ecs, names } = await startTestAws({ paceMs: 60_000 });
  for (let call = 0; call < 11; call += 1) await ecs.send(new RunTaskCommand(rightParameters(names, { count: 10 })));
  const first = await ecs.send(new ListTasksCommand({ cluster: names.cluster }));
  expect(first.taskArns).toHaveLength(100);
  const second = await ecs.send(new ListTasksCommand({ cluster: names.cluster, nextToken: first.nextToken }));
  expect(second.taskArns).toHaveLength(10);
  expect(second.nextToken).toBeUndefined();
  expect(new Set([...(first.taskArns ?? []), ...(second.taskArns ?? [])]).size).toBe(110);
  const few = await ecs.send(new ListTasksCommand({ cluster: names.cluster, maxResults: 3 }));
  expect(few.taskArns).toHaveLength(3);
  await expect(
    ecs.send(new DescribeTasksCommand({ cluster: names.cluster, tasks: Array.from({ length: 101 }, () => 'x') })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('DescribeTasks finds by id and ARN; what the cluster does not have is MISSING; tags only on demand', async () => {
  const { ecs, names, run } = await startTestAws();
  const task = await run({ tags: [{ key: 'a', value: 'b' }] });
  const found = await ecs.send(
    new DescribeTasksCommand({ cluster: names.cluster, tasks: [idOf(task), 'f'.repeat(32)] }),
  );
  expect(found.tasks?.map(({ taskArn, tags }) => ({ taskArn, tags }))).toStrictEqual([
    { taskArn: task.taskArn, tags: [] },
  ]);
  expect(found.failures).toStrictEqual([
    { arn: `arn:aws:ecs:us-east-1:123456789012:task/production-wumbo-cluster/${'f'.repeat(32)}`, reason: 'MISSING' },
  ]);
  const elsewhere = await ecs.send(
    new DescribeTasksCommand({ cluster: 'staging-wumbo-cluster', tasks: [task.taskArn ?? ''] }),
  );
  expect(elsewhere).toMatchObject({ tasks: [], failures: [{ arn: task.taskArn, reason: 'MISSING' }] });
  await expect(ecs.send(new DescribeTasksCommand({ cluster: names.cluster, tasks: [] }))).rejects.toThrow(
    'Tasks cannot be empty.',
  );
});

test('a stopped task stays visible for its time and is MISSING afterwards', async () => {
  const { ecs, names, run, until } = await startTestAws({ stoppedTaskVisibleMs: 400 });
  const task = await run();
  await until(task, 'STOPPED');
  await pause(450);
  const { failures } = await ecs.send(
    new DescribeTasksCommand({ cluster: names.cluster, tasks: [task.taskArn ?? ''] }),
  );
  expect(failures).toStrictEqual([{ arn: task.taskArn, reason: 'MISSING' }]);
});

test('DescribeTaskDefinition tells image, secrets and log location, by ARN, family and family:revision', async () => {
  const { ecs, names } = await startTestAws();
  const describe = (taskDefinition: string): Promise<unknown> =>
    ecs
      .send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))
      .then((answer) => answer.taskDefinition);
  const byArn = await describe(names.migrationTaskDefinitionArn);
  expect(byArn).toMatchObject({
    family: 'production-wumbo-migration',
    revision: 7,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    registeredAt: expect.any(Date),
    containerDefinitions: [
      {
        name: 'MigrationContainer',
        secrets: [{ name: 'DATABASE_SECRET', valueFrom: names.databaseSecretArn }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/aws/ecs/production-wumbo-cluster/migration',
            'awslogs-region': 'us-east-1',
            'awslogs-stream-prefix': 'migration',
            mode: 'blocking',
          },
        },
      },
    ],
  });
  await expect(describe('production-wumbo-migration')).resolves.toStrictEqual(byArn);
  await expect(describe('production-wumbo-migration:7')).resolves.toStrictEqual(byArn);
  await expect(describe('nope')).rejects.toMatchObject({ name: 'ClientException' });
  const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: names.family }));
  expect(taskDefinitionArns).toStrictEqual([names.migrationTaskDefinitionArn]);
});

test('DescribeServices gives the backend’s private subnets and security group', async () => {
  const { ecs, names } = await startTestAws();
  const answer = await ecs.send(
    new DescribeServicesCommand({ cluster: names.cluster, services: ['production-wumbo-backend', 'nope'] }),
  );
  expect(answer.services?.[0]?.networkConfiguration?.awsvpcConfiguration).toStrictEqual({
    subnets: names.subnets.filter(({ kind }) => kind === 'Private').map(({ id }) => id),
    securityGroups: [names.backendSecurityGroupId],
    assignPublicIp: 'DISABLED',
  });
  expect(answer.failures).toMatchObject([{ reason: 'MISSING', arn: expect.stringMatching(/service\/.*\/nope$/) }]);
});

test('DescribeClusters reports a cluster that does not exist as a failure', async () => {
  const { ecs, names } = await startTestAws();
  const answer = await ecs.send(new DescribeClustersCommand({ clusters: [names.cluster, 'nope'] }));
  expect(answer.clusters).toMatchObject([{ clusterName: names.cluster, status: 'ACTIVE' }]);
  expect(answer.failures).toMatchObject([{ reason: 'MISSING' }]);
});

test('a task’s tags can be added to and listed', async () => {
  const { ecs, run } = await startTestAws();
  const { taskArn: resourceArn = '' } = await run({ tags: [{ key: 'a', value: '1' }] });
  await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'b', value: '2' }] }));
  const { tags } = await ecs.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(tags).toStrictEqual([
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
  ]);
});
