import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTasksCommand, ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';

import { removeServer } from '../../../src/embedded-postgres/server.ts';

const directory = await mkdtemp(join(tmpdir(), 'local-aws-main-'));
const data = join(directory, 'data');
const migrate = join(directory, 'migrate.mjs');
const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
const mark = join(directory, 'ended');
await writeFile(
  migrate,
  `import { writeFileSync } from 'node:fs';
   process.on('SIGTERM', () => process.exit(143));
   setTimeout(() => writeFileSync(${JSON.stringify(mark)}, process.cwd() + ' ' + process.argv.slice(2).join(' ')), 1500);`,
);

afterAll(async () => {
  await removeServer({ directory: data, machine });
  await rm(directory, { recursive: true, force: true });
});

interface Ready {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly database: { host: string; port: number; user: string; name: string; passFile: string };
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<number | null>; stderr: () => string } {
  const main = join(import.meta.dirname, '../../../src/local-aws/main.ts');
  const child = spawn(process.execPath, [main, '--directory', data, ...args], { cwd: directory });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { child, ended, stderr: () => stderr };
}

async function firstLine({ stdout }: ChildProcess): Promise<Ready> {
  if (!stdout) throw new Error('no stdout');
  const line = await new Promise<string>((done) => createInterface({ input: stdout }).once('line', done));
  return JSON.parse(line) as Ready;
}

const quick = ['--migrate', migrate, '--pace', '10ms', '--log-delay', '0', '--environments', 'local,qa-2'];

async function runTask({ endpoint, region, accessKeyId, secretAccessKey }: Ready): Promise<() => Promise<unknown>> {
  const settings = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const { StackResourceSummaries = [] } = await new CloudFormationClient(settings).send(
    new ListStackResourcesCommand({ StackName: 'local-SecurityStack' }),
  );
  const subnets = StackResourceSummaries.filter(({ LogicalResourceId }) =>
    LogicalResourceId?.startsWith('VpcPrivateSubnet1Subnet'),
  ).map(({ PhysicalResourceId }) => PhysicalResourceId ?? '');
  const ecs = new ECSClient(settings);
  const cluster = 'local-wumbo-cluster';
  const { tasks = [] } = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: 'local-wumbo-migration',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets } },
    }),
  );
  const taskArn = tasks[0]?.taskArn ?? '';
  return async () => {
    const answer = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    return answer.tasks?.[0]?.lastStatus;
  };
}

test('it says in one line where everything is, makes a database for each environment, and finishes tasks when stdin ends', async () => {
  const { child, ended, stderr } = start(...quick, '--until-stdin-closes');
  const ready = await firstLine(child);
  expect(ready).toMatchObject({ ready: true, region: 'us-east-1', database: { user: 'wumbo_admin', name: 'wumbo' } });
  const { passFile, host, port, user } = ready.database;
  expect((await stat(passFile)).mode & 0o777).toBe(0o600);
  const password = (await readFile(passFile, 'utf8')).trim().split(':').at(-1) ?? '';
  for (const name of ['wumbo', 'wumbo_qa_2']) {
    const client = new pg.Client({ host, port, user, password, database: name });
    await client.connect();
    await client.query('create table if not exists public.mine (id int)');
    await client.end();
  }
  const status = await runTask(ready);
  await expect.poll(status, { timeout: 5_000 }).toBe('RUNNING');
  child.kill('SIGINT');
  child.stdin?.end();
  await expect(ended).resolves.toBe(0);
  await expect(readFile(mark, 'utf8')).resolves.toBe(`${directory} upgrade head`);
  expect(stderr()).toContain('main.ts --stop --directory');
});

test('SIGTERM stops running tasks; the database stays until --stop', async () => {
  await rm(mark, { force: true });
  const { child, ended } = start(...quick);
  const ready = await firstLine(child);
  const status = await runTask(ready);
  await expect.poll(status, { timeout: 5_000 }).toBe('RUNNING');
  child.kill('SIGTERM');
  await expect(ended).resolves.toBe(0);
  await expect(readFile(mark, 'utf8')).rejects.toThrow('ENOENT');
  const stop = start('--stop');
  await expect(stop.ended).resolves.toBe(0);
  expect(stop.stderr()).toContain('Stopped the embedded PostgreSQL');
  const again = start('--stop');
  await expect(again.ended).resolves.toBe(0);
  expect(again.stderr()).toContain('No embedded PostgreSQL was running');
});

test('a program that does not exist is refused before anything starts', async () => {
  const { ended, stderr } = start('--migrate', '/nope/migrate.js');
  await expect(ended).resolves.toBe(2);
  expect(stderr()).toContain('/nope/migrate.js does not exist');
});
