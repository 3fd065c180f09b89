import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';

import { pause, startTestAws, withCommand } from './test-aws.ts';

const run = promisify(execFile);

/** Debian's AWS CLI 2.9.19; a shim of the same name may come first in PATH. */
const program = '/usr/bin/aws';
const isThere = existsSync(program);
const absence = `${program} is absent (apt-get install awscli): the user's guide's commands are NOT tested.`;
if (!isThere) console.warn(absence);
beforeEach(({ skip }) => skip(!isThere, absence));

const home = await mkdtemp(join(tmpdir(), 'aws-cli-'));
const env = {
  PATH: '/usr/bin:/bin',
  HOME: home,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_PAGER: '',
};

/** The words of a command as the guide writes it, for the stand-in: this CLI does not know AWS_ENDPOINT_URL yet. */
function words(endpoint: string, command: string, ...more: string[]): string[] {
  return ['--endpoint-url', endpoint, ...command.split(' ').slice(1), ...more];
}

async function aws(endpoint: string, command: string, ...more: string[]): Promise<string> {
  return (await run(program, words(endpoint, command, ...more), { env })).stdout;
}

test('row 12: describe-stacks finds cluster and task definition, and run-task starts the migration', async () => {
  const { aws: localAws, names, until } = await startTestAws({ script: 'console.log("migrated")' });
  const { endpoint } = localAws;
  const stack = JSON.parse(
    await aws(endpoint, 'aws cloudformation describe-stacks --stack-name production-ComputeStack'),
  ) as { Stacks: [{ Outputs: { OutputKey: string; OutputValue: string }[] }] };
  const output = (key: string): string =>
    stack.Stacks[0].Outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
  const subnets = names.subnets.filter(({ kind }) => kind === 'Private').map(({ id }) => id);
  const network = `awsvpcConfiguration={subnets=[${subnets.join(',')}],securityGroups=[${names.migrationSecurityGroupId}],assignPublicIp=DISABLED}`;
  const started = JSON.parse(
    await aws(
      endpoint,
      `aws ecs run-task --cluster ${output('ClusterName')} --task-definition ${output('MigrationTaskDefinitionArn')} --launch-type FARGATE`,
      '--network-configuration',
      network,
    ),
  ) as { tasks: [{ taskArn: string; clusterArn: string }] };
  const stopped = await until(started.tasks[0], 'STOPPED');
  expect(stopped.containers?.[0]?.exitCode).toBe(0);
});

test('row 12: the CLI shows AWS’s own words for what is refused', async () => {
  const { aws: localAws } = await startTestAws();
  await expect(
    aws(localAws.endpoint, 'aws cloudformation describe-stacks --stack-name qa-ComputeStack'),
  ).rejects.toThrow(
    'An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id qa-ComputeStack does not exist',
  );
  await expect(
    aws(
      localAws.endpoint,
      'aws ecs run-task --cluster production-wumbo-cluster --task-definition production-wumbo-migration --launch-type FARGATE',
    ),
  ).rejects.toThrow(
    '(InvalidParameterException) when calling the RunTask operation: Network Configuration must be provided',
  );
});

test('row 17: logs tail --follow shows the lines as they come', async () => {
  const script =
    'let line = 0; setInterval(() => { line += 1; console.log("line", line); if (line === 4) process.exit(0); }, 300);';
  const { aws: localAws, run: runTask, until } = await startTestAws({ script });
  const task = await runTask();
  const tail = spawn(
    program,
    words(localAws.endpoint, 'aws logs tail /aws/ecs/production-wumbo-cluster/migration --follow'),
    { env: { ...env, PYTHONUNBUFFERED: '1' } },
  );
  let text = '';
  tail.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(task, 'STOPPED');
  for (let wait = 0; wait < 200 && !text.includes('line 4'); wait += 1) await pause(100);
  tail.kill('SIGINT');
  await new Promise((done) => tail.once('close', done));
  const shown = text.trim().split('\n');
  expect(shown.map((line) => line.split(' ').slice(-2).join(' '))).toStrictEqual([
    'line 1',
    'line 2',
    'line 3',
    'line 4',
  ]);
  expect(shown[0]).toContain(` migration/MigrationContainer/${task.taskArn?.split('/').at(-1)} `);
});

test('row 18: list-tasks and describe-tasks find the task, and wait tasks-stopped ends', async () => {
  const {
    aws: localAws,
    run: runTask,
    names,
  } = await startTestAws({
    script: 'setTimeout(() => process.exit(Number(args[0])), 300)',
  });
  const { endpoint } = localAws;
  const task = await runTask(withCommand('3'));
  const list = 'aws ecs list-tasks --cluster production-wumbo-cluster --family production-wumbo-migration';
  await aws(endpoint, `aws ecs wait tasks-stopped --cluster ${names.cluster} --tasks ${task.taskArn}`);
  expect(JSON.parse(await aws(endpoint, list))).toStrictEqual({ taskArns: [] });
  const stopped = JSON.parse(await aws(endpoint, list, '--desired-status', 'STOPPED')) as { taskArns: string[] };
  expect(stopped.taskArns).toStrictEqual([task.taskArn]);
  const described = await aws(
    endpoint,
    `aws ecs describe-tasks --cluster production-wumbo-cluster --tasks ${task.taskArn}`,
  );
  expect(JSON.parse(described)).toMatchObject({ tasks: [{ containers: [{ exitCode: 3 }] }], failures: [] });
});

test('get-caller-identity says whose account it is', async () => {
  const { aws: localAws } = await startTestAws();
  expect(JSON.parse(await aws(localAws.endpoint, 'aws sts get-caller-identity'))).toMatchObject({
    Account: '123456789012',
  });
});
