import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, GetLogEventsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ECSClient, ListClustersCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';

import { startTestAws } from './test-aws.ts';

const stackName = { StackName: 'production-ComputeStack' };

test('a call without a signature is refused with 403 in both protocols', async () => {
  const { aws } = await startTestAws();
  const json = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListTasks',
      'content-type': 'application/x-amz-json-1.1',
    },
    body: '{}',
  });
  expect(json.status).toBe(403);
  await expect(json.json()).resolves.toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  const query = await fetch(aws.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=DescribeStacks&Version=2010-05-15',
  });
  expect(query.status).toBe(403);
  await expect(query.text()).resolves.toContain('<Code>MissingAuthenticationToken</Code>');
  expect(aws.requests).toHaveLength(0);
});

test.each([
  [
    'an unknown access key',
    { accessKeyId: 'other', secretAccessKey: 'local' },
    'UnrecognizedClientException',
    'InvalidClientTokenId',
  ],
  [
    'a wrong secret',
    { accessKeyId: 'local', secretAccessKey: 'wrong' },
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
  ],
  [
    'a session token that nobody gave out',
    { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'x' },
    'UnrecognizedClientException',
    'InvalidClientTokenId',
  ],
])('%s is refused with each protocol’s own code', async (_, credentials, jsonCode, queryCode) => {
  const { caller } = await startTestAws();
  const ecs = new ECSClient(caller({ credentials }));
  const cloudFormation = new CloudFormationClient(caller({ credentials }));
  await expect(ecs.send(new ListTasksCommand({}))).rejects.toMatchObject({ name: jsonCode });
  await expect(cloudFormation.send(new DescribeStacksCommand(stackName))).rejects.toMatchObject({ name: queryCode });
});

test('another region of the account has neither the stacks, nor the clusters, nor the log groups', async () => {
  const { caller, names } = await startTestAws();
  const elsewhere = caller({ region: 'eu-central-1' });
  await expect(new CloudFormationClient(elsewhere).send(new DescribeStacksCommand(stackName))).rejects.toThrow(
    'Stack with id production-ComputeStack does not exist',
  );
  await expect(new ECSClient(elsewhere).send(new ListTasksCommand({ cluster: names.cluster }))).rejects.toMatchObject({
    name: 'ClusterNotFoundException',
    message: 'Cluster not found.',
  });
  await expect(
    new CloudWatchLogsClient(elsewhere).send(
      new GetLogEventsCommand({ logGroupName: names.logGroup, logStreamName: 'x' }),
    ),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'The specified log group does not exist.' });
});

test('an operation that the stand-in does not know is refused, never answered with something made up', async () => {
  const { ecs, logs, cloudFormation } = await startTestAws();
  await expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  await expect(logs.send(new StartQueryCommand({ startTime: 0, endTime: 1, queryString: 'x' }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
  await expect(cloudFormation.send(new ListStacksCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
});

test.each([
  ['an unknown member', { clusterz: 'x' }, 'InvalidParameterException', 'Unknown parameter: "clusterz"'],
  [
    'a member of the wrong type',
    { cluster: 7 },
    'SerializationException',
    'NUMBER_VALUE can not be converted to string at "cluster"',
  ],
  ['a missing member', { tasks: undefined }, 'InvalidParameterException', 'Missing required parameter: "tasks"'],
])('%s is refused', async (_, members, name, message) => {
  const { ecs, names } = await startTestAws();
  // The SDK drops what its model does not have, so the body is changed behind its back.
  ecs.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string | Uint8Array<ArrayBuffer> };
      const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
      request.body = JSON.stringify({ ...(JSON.parse(body) as object), ...members });
      return next(args);
    },
    { step: 'build', priority: 'high' },
  );
  const call = ecs.send(new DescribeTasksCommand({ cluster: names.cluster, tasks: ['x'] }));
  await expect(call).rejects.toMatchObject({ name, message });
});

test('values outside their limits are refused', async () => {
  const { ecs } = await startTestAws();
  await expect(ecs.send(new ListTasksCommand({ maxResults: 101 }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
  });
  await expect(ecs.send(new ListTasksCommand({ desiredStatus: 'GONE' as 'RUNNING' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('Member must satisfy enum value set: [RUNNING, PENDING, STOPPED]'),
  });
});

test('every call that could be attributed is kept with its service, operation, region and parameters', async () => {
  const { aws, ecs, names } = await startTestAws();
  await ecs.send(new ListTasksCommand({ cluster: names.cluster }));
  expect(aws.requests).toMatchObject([
    { service: 'ecs', operation: 'ListTasks', region: 'us-east-1', parameters: { cluster: names.cluster } },
  ]);
});

test('calls can be refused, answered otherwise, delayed and cut off', async () => {
  const { aws, ecs, names, run, describe } = await startTestAws({ script: 'setTimeout(() => {}, 60_000)' });
  const list = (): Promise<unknown> => ecs.send(new ListTasksCommand({ cluster: names.cluster }));
  aws.setIntercept(() => ({ status: 400, type: 'ThrottlingException', message: 'Rate exceeded' }));
  await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  aws.setIntercept(({ operation }) =>
    operation === 'RunTask'
      ? { answer: { tasks: [], failures: [{ reason: 'Capacity is unavailable at this time.' }] } }
      : undefined,
  );
  await expect(run()).resolves.toStrictEqual({});
  aws.setIntercept(() => ({ resetConnection: true }));
  await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
  aws.setIntercept(({ operation }) =>
    operation === 'RunTask' ? { resetConnection: true, afterwards: true } : undefined,
  );
  await expect(run()).rejects.toMatchObject({ code: 'ECONNRESET' });
  aws.setIntercept(({ operation }) => (operation === 'ListTasks' ? { delayMs: 60 } : undefined));
  const begin = Date.now();
  await expect(list()).resolves.toMatchObject({
    taskArns: [expect.stringContaining('task/production-wumbo-cluster/')],
  });
  expect(Date.now() - begin).toBeGreaterThanOrEqual(59);
  aws.setIntercept(({ operation }) =>
    operation === 'DescribeTasks' ? { changeAnswer: () => ({ tasks: [], failures: [] }) } : undefined,
  );
  await expect(describe(await run())).resolves.toStrictEqual({});
});
