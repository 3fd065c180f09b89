import { DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';

import type { ContainerDefinition } from '../../../src/local-aws/ecs/task-definition.ts';
import { startTestAws } from './test-aws.ts';

interface Failure {
  readonly what: string;
  readonly change: (usual: ContainerDefinition) => Partial<ContainerDefinition>;
  readonly reason: string;
  readonly streams?: number;
}

const secret =
  (suffix: string) =>
  (usual: ContainerDefinition): Partial<ContainerDefinition> => ({
    secrets: [{ name: 'DATABASE_URL', valueFrom: `${usual.secrets?.[0]?.valueFrom ?? ''}${suffix}` }],
  });

const failures: readonly Failure[] = [
  {
    what: 'a secret without the JSON key',
    change: secret(':url::'),
    reason:
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key url',
  },
  {
    what: 'a secret that does not exist',
    change: secret('x'),
    reason: "Secrets Manager can't find the specified secret.",
  },
  {
    what: 'an image that nobody has',
    change: () => ({ image: 'nope:1' }),
    reason: 'CannotPullContainerError: ',
  },
  {
    what: 'a log group that does not exist',
    change: () => ({
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'nope', 'awslogs-stream-prefix': 'x' } },
    }),
    reason:
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
  },
  {
    what: 'a command that does not exist',
    change: () => ({ entryPoint: ['/nope/nothing'] }),
    reason: 'CannotStartContainerError: ',
    streams: 1,
  },
  {
    what: 'a working directory that does not exist',
    change: () => ({ workingDirectory: '/nope' }),
    reason: 'chdir to cwd ("/nope")',
    streams: 1,
  },
];

test.each(failures)(
  'with $what the task never starts: no exit code, AWS’s words',
  async ({ change, reason, streams = 0 }) => {
    const { run, until, logs, names } = await startTestAws({
      environment: { container: (usual) => ({ ...usual, ...change(usual) }) },
    });
    const stopped = await until(await run(), 'STOPPED');
    expect(stopped).toMatchObject({ stopCode: 'TaskFailedToStart', desiredStatus: 'STOPPED' });
    expect(stopped.stoppedReason).toContain(reason);
    expect(stopped.startedAt).toBeUndefined();
    expect(stopped.containers?.[0]?.lastStatus).toBe('STOPPED');
    expect(stopped.containers?.[0]?.exitCode).toBeUndefined();
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: names.logGroup }));
    expect(logStreams).toHaveLength(streams);
  },
);

test('a secret that is no JSON cannot give a key', async () => {
  const { aws, names, run, until } = await startTestAws({
    environment: { container: (usual) => ({ ...usual, ...secret(':url::')(usual) }) },
  });
  aws.putSecret(names.databaseSecretArn, 'plain text');
  const stopped = await until(await run(), 'STOPPED');
  expect(stopped.stoppedReason).toMatch(/invalid character 'p' looking for beginning of value$/);
});

test('a secret may be named without the six characters that Secrets Manager adds, and by key', async () => {
  const { run, messages } = await startTestAws({
    script: 'console.log(process.env.USER_NAME, process.env.PORT)',
    environment: {
      container: (usual) => {
        const arn = usual.secrets?.[0]?.valueFrom.replace(/-[A-Za-z0-9]{6}$/, '') ?? '';
        const secrets = [
          { name: 'USER_NAME', valueFrom: `${arn}:username::` },
          { name: 'PORT', valueFrom: `${arn}:port::` },
        ];
        return { ...usual, secrets };
      },
    },
  });
  await expect(messages(await run())).resolves.toStrictEqual(['wumbo_admin 5432']);
});

test('a missing log group is made when the definition asks for it', async () => {
  const options = { 'awslogs-group': 'made', 'awslogs-stream-prefix': 'x', 'awslogs-create-group': 'true' };
  const { run, until, logs } = await startTestAws({
    environment: { container: { logConfiguration: { logDriver: 'awslogs', options } } },
  });
  await until(await run(), 'STOPPED');
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: 'made' }));
  expect(logStreams).toHaveLength(1);
});

test('the original’s task definition fails as it does on AWS: its secret has no key url', async () => {
  const { run, until, names } = await startTestAws({ environment: { taskDefinition: 'original' } });
  expect(names.generatedLogGroup).toMatch(
    /^production-ComputeStack-MigrationTaskDefinitionMigrationContainerLogGroup[0-9A-F]{8}-/,
  );
  const stopped = await until(await run(), 'STOPPED');
  expect(stopped.stoppedReason).toMatch(/did not contain json key url$/);
});
