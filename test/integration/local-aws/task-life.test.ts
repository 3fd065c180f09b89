import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { kill } from 'node:process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StopTaskCommand } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';

import { eventually, pause, scriptImage, startTestAws, withCommand } from './test-aws.ts';

test('a task goes through AWS’s states in AWS’s order, and its times are in order', async () => {
  const aws = await startTestAws({ paceMs: 60, script: 'setTimeout(() => {}, 100)' });
  const task = await aws.run();
  const seen: string[] = [];
  const stopped = await eventually(async () => {
    const now = await aws.describe(task);
    if (seen.at(-1) !== now.lastStatus) seen.push(now.lastStatus ?? '');
    return now.lastStatus === 'STOPPED' ? now : undefined;
  });
  expect(seen).toStrictEqual([
    'PROVISIONING',
    'PENDING',
    'ACTIVATING',
    'RUNNING',
    'DEACTIVATING',
    'STOPPING',
    'DEPROVISIONING',
    'STOPPED',
  ]);
  const { createdAt, connectivityAt, pullStartedAt, pullStoppedAt, startedAt, executionStoppedAt, stoppedAt } = stopped;
  const times = [createdAt, connectivityAt, pullStartedAt, pullStoppedAt, startedAt, executionStoppedAt, stoppedAt];
  expect(times.every((time) => time instanceof Date)).toBe(true);
  expect(times.map(Number)).toStrictEqual(times.map(Number).toSorted((left, right) => left - right));
  expect(stopped).toMatchObject({
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    connectivity: 'CONNECTED',
    attachments: [{ type: 'ElasticNetworkInterface', status: 'DELETED' }],
    containers: [{ lastStatus: 'STOPPED', exitCode: 0, imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
  });
  expect(stopped.version).toBeGreaterThan(6);
});

test('the container’s exit code and its lines arrive as they are, stderr and an unfinished last line included', async () => {
  const script = `process.stdout.write('one\\n\\ntwo é\\r\\n'); setTimeout(() => { process.stderr.write('three'); process.exitCode = Number(args[0]); }, 30);`;
  const { run, until, messages } = await startTestAws({ script });
  const task = await run(withCommand('42'));
  const stopped = await until(task, 'STOPPED');
  expect(stopped.containers?.[0]).toMatchObject({ exitCode: 42 });
  await expect(messages(task)).resolves.toStrictEqual(['one', 'two é\r', 'three']);
});

test('a process killed by a signal exits with 128 and the signal’s number', async () => {
  const { run, until } = await startTestAws({ script: `process.kill(process.pid, 'SIGKILL')` });
  const stopped = await until(await run(), 'STOPPED');
  expect(stopped.containers?.[0]?.exitCode).toBe(137);
});

test('the process gets the image’s, the definition’s and the override’s environment and secrets, and nothing of ours', async () => {
  process.env['SECRET_OF_THE_STAND_IN'] = 'x';
  const image = {
    ...scriptImage('console.log(JSON.stringify(process.env))'),
    environment: { FROM: 'image', IMAGE: '1' },
  };
  const { run, messages, aws } = await startTestAws({ images: { 'wumbo-migration': image } });
  const environment = [{ name: 'FROM', value: 'override' }];
  const task = await run({ overrides: { containerOverrides: [{ name: 'MigrationContainer', environment }] } });
  const [line = '{}'] = await messages(task);
  const env = JSON.parse(line) as Record<string, string>;
  expect(Object.keys(env).toSorted()).toStrictEqual([
    'AWS_DEFAULT_REGION',
    'AWS_EXECUTION_ENV',
    'AWS_REGION',
    'DATABASE_SECRET',
    'ECS_CONTAINER_METADATA_URI_V4',
    'ENVIRONMENT',
    'FROM',
    'IMAGE',
    'PATH',
  ]);
  expect(env).toMatchObject({ FROM: 'override', ENVIRONMENT: 'production', AWS_REGION: 'us-east-1' });
  expect(JSON.parse(env['DATABASE_SECRET'] ?? '')).toStrictEqual({
    engine: 'postgres',
    dbInstanceIdentifier: 'production-wumbo-db',
    username: 'wumbo_admin',
    password: 'planted',
    host: '127.0.0.1',
    port: 5432,
    dbname: 'wumbo',
  });
  expect(env['ECS_CONTAINER_METADATA_URI_V4']).toContain(aws.endpoint);
});

test('an override replaces the command and never the entrypoint; without one the definition’s and then the image’s command runs', async () => {
  const image = { ...scriptImage('console.log(args.join(" "))'), command: ['upgrade', 'head'] };
  const { run, messages } = await startTestAws({ images: { 'wumbo-migration': image } });
  await expect(messages(await run())).resolves.toStrictEqual(['upgrade head']);
  await expect(messages(await run(withCommand('downgrade', '-1')))).resolves.toStrictEqual(['downgrade -1']);
  const other = await startTestAws({
    images: { 'wumbo-migration': image },
    environment: { container: { command: ['check'] } },
  });
  await expect(other.messages(await other.run())).resolves.toStrictEqual(['check']);
});

test('the metadata endpoint tells the container its task, family, revision and image digest', async () => {
  const script = `for (const path of ['', '/task', '/nope']) fetch(process.env.ECS_CONTAINER_METADATA_URI_V4 + path)
    .then(async (answer) => console.log(path, answer.status, await answer.text()));`;
  const { run, messages } = await startTestAws({ script });
  const task = await run();
  const answers = (await messages(task)).toSorted();
  const [container = '', missing = '', ofTask = ''] = answers;
  expect(JSON.parse(container.split(' 200 ')[1] ?? '')).toMatchObject({
    Name: 'MigrationContainer',
    DesiredStatus: 'RUNNING',
  });
  expect(missing).toContain('/nope 404');
  expect(JSON.parse(ofTask.split(' 200 ')[1] ?? '')).toMatchObject({
    TaskARN: task.taskArn,
    Cluster: task.clusterArn,
    Family: 'production-wumbo-migration',
    Revision: '7',
    Containers: [{ Image: expect.stringContaining('wumbo-migration:'), ImageID: expect.stringMatching(/^sha256:/) }],
  });
});

test('StopTask sends SIGTERM, and the container’s own exit code counts', async () => {
  const script = `process.on('SIGTERM', () => { console.log('rolled back'); process.exit(143); }); console.log('ready'); setInterval(() => {}, 1000);`;
  const { ecs, run, until, messages } = await startTestAws({ script });
  const task = await run();
  await until(task, 'RUNNING');
  await pause(300);
  const reason = 'Stopped by ada';
  const answer = await ecs.send(new StopTaskCommand({ cluster: task.clusterArn, task: task.taskArn, reason }));
  expect(answer.task).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: reason });
  const stopped = await until(task, 'STOPPED');
  expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: reason, containers: [{ exitCode: 143 }] });
  await expect(messages(task)).resolves.toStrictEqual(['ready', 'rolled back']);
});

test('StopTask kills what ignores SIGTERM after the container’s stopTimeout', async () => {
  const script = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
  const { ecs, run, until } = await startTestAws({ script, environment: { container: { stopTimeout: 1 } } });
  const task = await run();
  await until(task, 'RUNNING');
  await pause(300);
  const begin = Date.now();
  await ecs.send(new StopTaskCommand({ cluster: task.clusterArn, task: task.taskArn }));
  const stopped = await until(task, 'STOPPED');
  expect(stopped).toMatchObject({ stoppedReason: 'Task stopped by user', containers: [{ exitCode: 137 }] });
  expect(Date.now() - begin).toBeGreaterThan(900);
});

test('a task that is stopped before it runs never starts its container', async () => {
  const { ecs, run, until } = await startTestAws({ paceMs: 100 });
  const task = await run();
  await ecs.send(new StopTaskCommand({ cluster: task.clusterArn, task: task.taskArn }));
  const stopped = await until(task, 'STOPPED');
  expect(stopped).toMatchObject({ stopCode: 'UserInitiated', containers: [{ lastStatus: 'STOPPED' }] });
  expect(stopped.startedAt).toBeUndefined();
  expect(stopped.containers?.[0]?.exitCode).toBeUndefined();
});

test('a task can be stopped as AWS itself stops one', async () => {
  const { aws, run, until } = await startTestAws({ script: 'setInterval(() => {}, 1000)' });
  const task = await run();
  await until(task, 'RUNNING');
  aws.stopTask(task.taskArn ?? '', 'SpotInterruption', 'Your Spot Task was interrupted.');
  await expect(until(task, 'STOPPED')).resolves.toMatchObject({
    stopCode: 'SpotInterruption',
    containers: [{ exitCode: 143 }],
  });
});

test('StopTask refuses a task that the cluster does not have', async () => {
  const { ecs, names } = await startTestAws();
  await expect(ecs.send(new StopTaskCommand({ cluster: names.cluster, task: '0'.repeat(32) }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The referenced task was not found.',
  });
});

test('an essential side container that ends stops the others; one that is not essential does not', async () => {
  const log = {
    logDriver: 'awslogs' as const,
    options: { 'awslogs-group': '/aws/ecs/production-wumbo-cluster/migration', 'awslogs-stream-prefix': 'migration' },
  };
  const sides = [
    { name: 'helper', image: 'helper', essential: false, logConfiguration: log },
    { name: 'proxy', image: 'proxy', essential: true, logConfiguration: log },
  ];
  const { run, until, messages } = await startTestAws({
    script: `process.on('SIGTERM', () => process.exit(143)); setInterval(() => {}, 1000);`,
    images: {
      helper: scriptImage('console.log("helped")'),
      proxy: scriptImage('setTimeout(() => process.exit(9), 500)'),
    },
    environment: { extraContainers: sides },
  });
  const task = await run();
  const stopped = await until(task, 'STOPPED');
  const codes = Object.fromEntries(stopped.containers?.map(({ name, exitCode }) => [name, exitCode]) ?? []);
  expect(codes).toStrictEqual({ MigrationContainer: 143, helper: 0, proxy: 9 });
  expect(stopped.stopCode).toBe('EssentialContainerExited');
  await expect(messages(task, 'helper')).resolves.toStrictEqual(['helped']);
});

test('closing the stand-in leaves no process behind, not even one that ignores SIGTERM or a grandchild', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'local-aws-'));
  const script = `process.on('SIGTERM', () => {});
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    require('node:fs').writeFileSync(args[0], process.pid + ' ' + child.pid); setInterval(() => {}, 1000);`;
  const { run, aws } = await startTestAws({ script });
  const file = join(directory, 'pids');
  await run(withCommand(file));
  await eventually(async () => (existsSync(file) && (await readFile(file, 'utf8')) !== '' ? true : undefined));
  const pids = (await readFile(file, 'utf8')).split(' ').map(Number);
  await aws.close();
  expect(pids).toHaveLength(2);
  // An orphan is gone for good only when init has reaped it.
  for (const pid of pids) await eventually(() => Promise.resolve(isAlive(pid) ? undefined : true));
});

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}
