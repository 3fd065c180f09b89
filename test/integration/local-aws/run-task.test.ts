import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { RegisterTaskDefinitionCommand, RunTaskCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';

import { rightParameters, startTestAws, withCommand } from './test-aws.ts';

const network = (subnets: string[], securityGroups: string[] = []): Partial<RunTaskCommandInput> => ({
  networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups } },
});

test.each<[what: string, parameters: Partial<RunTaskCommandInput>, name: string, message: string]>([
  ['an unknown cluster', { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
  ['no cluster, where no default one exists', { cluster: undefined }, 'ClusterNotFoundException', 'Cluster not found.'],
  ['an unknown family', { taskDefinition: 'nope' }, 'ClientException', 'Unable to describe task definition.'],
  [
    'an unknown revision',
    { taskDefinition: 'production-wumbo-migration:99' },
    'ClientException',
    'Unable to describe task definition.',
  ],
  [
    'no network',
    { networkConfiguration: undefined },
    'InvalidParameterException',
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  ],
  [
    'an unknown subnet',
    network(['subnet-0']),
    'InvalidParameterException',
    "Error retrieving subnet information for [subnet-0]: The subnet ID 'subnet-0' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
  ],
  ['no subnet', network([]), 'InvalidParameterException', 'subnets can not be empty.'],
  [
    'the launch type EC2',
    { launchType: 'EC2' },
    'InvalidParameterException',
    'No Container Instances were found in your cluster.',
  ],
  [
    'a launch type and a capacity provider',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
    'InvalidParameterException',
    'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
  ],
  ['eleven tasks', { count: 11 }, 'InvalidParameterException', 'count must be between 1 and 10'],
  [
    'an override of another container',
    { overrides: { containerOverrides: [{ name: 'app', command: ['x'] }] } },
    'InvalidParameterException',
    'Override for container named app is not a container in the TaskDefinition.',
  ],
  [
    'overrides of more than 8192 characters',
    withCommand('x'.repeat(8_150)),
    'InvalidParameterException',
    'Container Overrides length must be at most 8192',
  ],
  ['startedBy with a space', { startedBy: 'a person' }, 'InvalidParameterException', 'hyphens'],
  ['startedBy of 129 characters', { startedBy: 'x'.repeat(129) }, 'InvalidParameterException', 'up to 128'],
  [
    'a client token of 65 characters',
    { clientToken: 'x'.repeat(65) },
    'InvalidParameterException',
    'up to 64 ASCII characters',
  ],
  ['a client token with a space', { clientToken: 'a b' }, 'InvalidParameterException', '33-126'],
  ['a tag of AWS’s own', { tags: [{ key: 'aws:x', value: 'y' }] }, 'InvalidParameterException', 'reserved'],
  [
    'the same tag twice',
    {
      tags: [
        { key: 'x', value: '1' },
        { key: 'x', value: '2' },
      ],
    },
    'InvalidParameterException',
    'Duplicate',
  ],
])('RunTask refuses %s, and starts nothing', async (_, parameters, name, message) => {
  const { ecs, names, aws } = await startTestAws();
  const sent = ecs.send(new RunTaskCommand(rightParameters(names, parameters)));
  await expect(sent).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
    $fault: expect.anything(),
  });
  await aws.idle();
});

test('RunTask refuses a security group that does not exist, and one of another environment’s VPC', async () => {
  const { ecs, names, cloudFormation } = await startTestAws();
  const send = (group: string): Promise<unknown> =>
    ecs.send(new RunTaskCommand(rightParameters(names, network([names.subnets[2]?.id ?? ''], [group]))));
  await expect(send('sg-0')).rejects.toThrow(
    "Error retrieving security group information for [sg-0]: The security group 'sg-0' does not exist (ErrorCode: InvalidGroup.NotFound)",
  );
  const { StackResourceSummaries = [] } = await cloudFormation.send(
    new ListStackResourcesCommand({ StackName: 'staging-ComputeStack' }),
  );
  const group = StackResourceSummaries.find(({ LogicalResourceId }) =>
    LogicalResourceId?.startsWith('MigrationSecurityGroup'),
  );
  await expect(send(group?.PhysicalResourceId ?? '')).rejects.toThrow('does not appear to belong to the same VPC');
});

test('a task carries its group, starter, tags, overrides and place', async () => {
  const { run, names, describe } = await startTestAws();
  const started = await run({
    startedBy: 'launch-migration/abc',
    tags: [{ key: 'run', value: 'abc' }],
    ...withCommand('check'),
  });
  expect(started).toMatchObject({
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    taskDefinitionArn: names.migrationTaskDefinitionArn,
    group: 'family:production-wumbo-migration',
    startedBy: 'launch-migration/abc',
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    cpu: '256',
    memory: '512',
    version: 1,
    tags: [{ key: 'run', value: 'abc' }],
    containers: [{ name: 'MigrationContainer', lastStatus: 'PENDING' }],
  });
  expect(started.taskArn).toMatch(/^arn:aws:ecs:us-east-1:123456789012:task\/production-wumbo-cluster\/[0-9a-f]{32}$/);
  expect(started.createdAt).toBeInstanceOf(Date);
  expect(started.overrides?.containerOverrides).toStrictEqual([{ name: 'MigrationContainer', command: ['check'] }]);
  await expect(describe(started)).resolves.toMatchObject({ tags: [{ key: 'run', value: 'abc' }] });
});

test('the same client token gives the same task, after it has ended too; other parameters give a conflict', async () => {
  const { run, until } = await startTestAws();
  const clientToken = 'launch-1';
  const first = await run({ clientToken, ...withCommand('a') });
  await expect(run({ clientToken, ...withCommand('a') })).resolves.toMatchObject({ taskArn: first.taskArn });
  await until(first, 'STOPPED');
  await expect(run({ clientToken, ...withCommand('a') })).resolves.toMatchObject({
    taskArn: first.taskArn,
    lastStatus: 'STOPPED',
  });
  await expect(run({ clientToken, ...withCommand('b') })).rejects.toMatchObject({
    name: 'ConflictException',
    resourceIds: [first.taskArn],
  });
  expect((await run({ clientToken: 'launch-2', ...withCommand('a') })).taskArn).not.toBe(first.taskArn);
});

test('a new revision can be registered and runs when it is named, or when the family alone is', async () => {
  const { ecs, names, run } = await startTestAws();
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: names.family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '512',
      memory: '1024',
      containerDefinitions: [{ name: 'MigrationContainer', image: 'wumbo-migration:2', essential: true }],
    }),
  );
  expect(taskDefinition).toMatchObject({ revision: 8, status: 'ACTIVE', family: names.family });
  await expect(run({ taskDefinition: names.family })).resolves.toMatchObject({
    taskDefinitionArn: taskDefinition?.taskDefinitionArn,
    cpu: '512',
  });
  await expect(run()).resolves.toMatchObject({ taskDefinitionArn: names.migrationTaskDefinitionArn });
});

test('RegisterTaskDefinition refuses what Fargate cannot run', async () => {
  const { ecs } = await startTestAws();
  const register = (changes: object): Promise<unknown> =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'f',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'a', image: 'x' }],
        ...changes,
      }),
    );
  await expect(register({ memory: '4096' })).rejects.toThrow('No Fargate configuration exists');
  await expect(register({ networkMode: 'bridge' })).rejects.toMatchObject({ name: 'ClientException' });
  await expect(
    register({ containerDefinitions: [{ name: 'a', image: 'x', secrets: [{ name: 'S', valueFrom: 'arn' }] }] }),
  ).rejects.toThrow('execution role');
  await expect(register({ containerDefinitions: [{ name: 'a', image: 'x', stopTimeout: 121 }] })).rejects.toThrow(
    '120 seconds',
  );
});
