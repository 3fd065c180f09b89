import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeClustersCommand, ListTasksCommand, RunTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';

import { idOf, pause, rightParameters, startTestAws, type TestAws } from './test-aws.ts';

const speak = "console.log('one'); console.log('two'); console.log('three');";
const sleepLong = 'setTimeout(() => {}, 60_000);';

async function control({ aws }: TestAws, method: string, body?: string): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`${aws.endpoint}/_faults`, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, answer: await response.json() };
}

function page({ logs, names }: TestAws, task: Task, nextToken?: string) {
  const logStreamName = `migration/MigrationContainer/${idOf(task)}`;
  return logs.send(
    new GetLogEventsCommand({ logGroupName: names.logGroup, logStreamName, startFromHead: true, nextToken }),
  );
}

describe('/_faults', () => {
  it('sets faults, shows how often each struck, and ends them', async () => {
    const test = await startTestAws();
    const ask = () => test.ecs.send(new DescribeClustersCommand({}));
    expect(await control(test, 'PUT', '{"faults":["throttle DescribeClusters once"],"seed":5}')).toEqual({
      status: 200,
      answer: { seed: 5, faults: [{ fault: 'throttle DescribeClusters once', occasions: 0, strikes: 0 }] },
    });
    await expect(ask()).rejects.toThrow(expect.objectContaining({ name: 'ThrottlingException' }));
    await ask();
    expect((await control(test, 'GET')).answer).toMatchObject({ faults: [{ occasions: 2, strikes: 1 }] });
    expect(await control(test, 'DELETE')).toEqual({ status: 200, answer: { seed: 1, faults: [] } });
  });

  it.each([
    ['PUT', '{', 400, 'The body is not JSON'],
    ['PUT', '[]', 400, 'faults must be a list of sentences'],
    ['PUT', '{"fault":[]}', 400, 'did you mean faults?'],
    ['PUT', '{"faults":[1]}', 400, 'faults must be a list of sentences'],
    ['PUT', '{"faults":[],"seed":-1}', 400, 'The seed must be a whole number'],
    ['PUT', '{"faults":["trottle *"]}', 400, 'did you mean throttle?'],
    ['POST', '{}', 405, 'takes GET, PUT and DELETE, not POST'],
  ])('%s %s is refused with %i', async (method, body, status, message) => {
    const test = await startTestAws();
    expect(await control(test, method, body)).toEqual({
      status,
      answer: { message: expect.stringContaining(message) },
    });
  });

  it('a page of the web cannot set any: the type must be JSON', async () => {
    const { aws } = await startTestAws();
    const { status } = await fetch(`${aws.endpoint}/_faults`, { method: 'PUT', body: '{"faults":["fail *"]}' });
    expect(status).toBe(415);
    expect(aws.faults()).toEqual([]);
  });
});

describe('faults of calls', () => {
  it.each([
    ['throttle *', 'ThrottlingException', 'Throttling'],
    ['fail *', 'ServiceUnavailableException', 'ServiceUnavailable'],
    ['expire *', 'ExpiredTokenException', 'ExpiredToken'],
    ['deny *', 'AccessDeniedException', 'AccessDenied'],
    ['refuse * ServerException', 'ServerException', 'ServerException'],
  ])('%s: %s for ECS, %s for CloudFormation', async (fault, ecsName, queryName) => {
    const { ecs, cloudFormation } = await startTestAws({ faults: { faults: [fault] } });
    await expect(ecs.send(new DescribeClustersCommand({}))).rejects.toMatchObject({ name: ecsName });
    await expect(cloudFormation.send(new DescribeStacksCommand({}))).rejects.toMatchObject({ name: queryName });
  });

  it.each([
    ['reset RunTask', 0],
    ['lose RunTask', 1],
    ['truncate RunTask', 1],
  ])('%s: the answer never comes, and %i tasks run', async (fault, count) => {
    const { ecs, names, aws } = await startTestAws({ script: sleepLong, faults: { faults: [fault] } });
    await expect(ecs.send(new RunTaskCommand(rightParameters(names)))).rejects.toMatchObject({
      name: expect.stringMatching(/Error/),
    });
    aws.setFaults({ faults: [] });
    expect((await ecs.send(new ListTasksCommand({ cluster: names.cluster }))).taskArns).toHaveLength(count);
  });

  it.each([
    ['capacity', 0],
    ['phantom', 1],
  ])('%s: 200 with a failure, and %i tasks run', async (fault, count) => {
    const { ecs, names } = await startTestAws({ script: sleepLong, faults: { faults: [fault] } });
    const answer = await ecs.send(new RunTaskCommand(rightParameters(names)));
    expect(answer).toMatchObject({ tasks: [], failures: [{ reason: expect.stringContaining('Capacity') }] });
    expect((await ecs.send(new ListTasksCommand({ cluster: names.cluster }))).taskArns).toHaveLength(count);
  });

  it('hide-tasks: a young task is MISSING, then there', async () => {
    const test = await startTestAws({ script: sleepLong, faults: { faults: ['hide-tasks 300ms'] } });
    const task = await test.run();
    expect(await test.describe(task)).toEqual({});
    await pause(350);
    expect(await test.describe(task)).toMatchObject({ taskArn: task.taskArn });
  });
});

describe('faults of the log', () => {
  it('small-pages, empty-pages and stalled-pages lose no event and double none', async () => {
    const test = await startTestAws({ script: speak });
    const task = await test.run();
    expect(await test.messages(task)).toEqual(['one', 'two', 'three']);
    test.aws.setFaults({ faults: ['small-pages 1', 'empty-pages 50%', 'stalled-pages 30%'], seed: 3 });
    const seen: string[] = [];
    let token: string | undefined;
    let newTokens = 0;
    for (let read = 0; read < 60; read += 1) {
      const { events = [], nextForwardToken } = await page(test, task, token);
      seen.push(...events.map(({ message }) => message ?? ''));
      if (events.length === 0 && nextForwardToken !== token) newTokens += 1;
      token = nextForwardToken;
    }
    expect(seen).toEqual(['one', 'two', 'three']);
    expect(newTokens).toBeGreaterThan(5);
  });

  it('late-lines come behind a token that was given out, lost-lines never', async () => {
    const script = "for (let i = 0; i < 40; i += 1) setTimeout(() => console.log('line ' + i), i * 5);";
    const test = await startTestAws({
      script,
      faults: { faults: ['late-lines 700ms 30%', 'lost-lines 10%'], seed: 2 },
    });
    const task = await test.run();
    const first = await test.messages(task);
    const { nextForwardToken } = await page(test, task);
    await pause(800);
    const all = (await page(test, task)).events ?? [];
    expect(first.length).toBeLessThan(all.length);
    expect(all.length).toBeLessThan(40);
    expect((await page(test, task, nextForwardToken)).events?.length).toBeLessThan(all.length - first.length);
  });

  it('hide-logs: a young stream does not exist', async () => {
    const test = await startTestAws({ script: speak, faults: { faults: ['hide-logs'] } });
    await expect(page(test, await test.run())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('faults of tasks', () => {
  it.each([
    ['cannot-start "CannotPullContainerError: no such tag"', { stopCode: 'TaskFailedToStart' }, undefined],
    ['out-of-memory', { stopCode: 'EssentialContainerExited' }, 137],
    ['spot 20ms', { stopCode: 'SpotInterruption' }, 143],
    ['user-stop', { stopCode: 'UserInitiated' }, 143],
  ])('%s', async (fault, fields, exitCode) => {
    const { run, until } = await startTestAws({ script: sleepLong, faults: { faults: [fault] } });
    const task = await until(await run(), 'STOPPED');
    expect(task).toMatchObject(fields);
    expect(task.containers?.[0]?.exitCode).toBe(exitCode);
  });

  it('late-exit-code and injected-sidecar: the code shows later, behind a container that nobody asked for', async () => {
    const faults = { faults: ['late-exit-code 400ms', 'injected-sidecar'] };
    const { run, until, describe } = await startTestAws({ script: 'process.exit(3)', faults });
    const task = await until(await run(), 'STOPPED');
    expect(task.containers?.map(({ name }) => name)).toEqual([
      expect.stringContaining('guardduty'),
      'MigrationContainer',
    ]);
    expect(task.containers?.[1]?.exitCode).toBeUndefined();
    await pause(450);
    expect((await describe(task)).containers?.[1]?.exitCode).toBe(3);
  });

  it('slow: a phase lasts longer', async () => {
    const { run, until, describe } = await startTestAws({ faults: { faults: ['slow DEPROVISIONING 10m'] } });
    const task = await until(await run(), 'DEPROVISIONING');
    await pause(100);
    expect((await describe(task)).lastStatus).toBe('DEPROVISIONING');
  });
});
