import { describe, expect, it } from 'vitest';

import type { Stack } from '../../src/local-aws/account.ts';
import { createLaunchSite } from '../support/launcher.ts';
import { eventsOf, threeRevisions } from '../support/migrations.ts';

describe('launch-migration', () => {
  it('runs on the private subnets, with the migration security group, without a public address, and nothing of EC2', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    expect((await launch(['production', '--', 'upgrade', '+1'])).exitCode).toBe(0);
    const [runTask] = aws.requests.filter(({ operation }) => operation === 'RunTask');
    expect(runTask?.parameters).toMatchObject({
      cluster: expect.stringContaining('production-wumbo-cluster'),
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: [expect.any(String), expect.any(String)],
          securityGroups: [expect.any(String)],
        },
      },
      overrides: { containerOverrides: [{ name: 'MigrationContainer', command: ['upgrade', '+1'] }] },
    });
    expect(new Set(aws.requests.map(({ service }) => service))).not.toContain('ec2');
  });

  it('gives the task no override when it is given no arguments', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    await launch(['development']);
    const [runTask] = aws.requests.filter(({ operation }) => operation === 'RunTask');
    expect(runTask?.parameters).not.toHaveProperty('overrides.containerOverrides.0.command');
  });

  it.each([
    [
      ['--downgrade', '1'],
      ['downgrade', '-1'],
    ],
    [['--check-only'], ['check']],
    [
      ['--', 'history', '-v'],
      ['history', '-v'],
    ],
  ])('%j means %j', async (args, command) => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    await launch(['development', ...args]);
    const [runTask] = aws.requests.filter(({ operation }) => operation === 'RunTask');
    expect(runTask?.parameters).toMatchObject({ overrides: { containerOverrides: [{ command }] } });
  });

  it('uses our own stack outputs when they are there, with no further call for the network', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    await launch(['development']);
    const [first] = aws.requests.filter(({ operation }) => operation === 'RunTask');
    if (!first) throw new Error('RunTask was not called');
    const { networkConfiguration } = first.parameters as {
      networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
    };
    const network = networkConfiguration.awsvpcConfiguration;
    const explicit = await createLaunchSite({
      files: threeRevisions,
      environment: {
        extraOutputs: {
          MigrationSubnetIds: network.subnets.join(','),
          MigrationSecurityGroupId: network.securityGroups.join(','),
        },
      },
    });
    expect((await explicit.launch(['development'])).exitCode).toBe(0);
    expect(
      explicit.aws.requests.filter(
        ({ operation }) => operation === 'ListStackResources' || operation === 'DescribeServices',
      ),
    ).toEqual([]);
  });

  it('refuses to guess between two security groups, and lists them', async () => {
    const { launch, aws } = await createLaunchSite({
      files: threeRevisions,
      environment: { extraMigrationSecurityGroups: 1 },
    });
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(2);
    expect(stderr.match(/sg-[0-9a-f]+/g)?.length).toBeGreaterThanOrEqual(2);
    expect(aws.requests.filter(({ operation }) => operation === 'RunTask')).toEqual([]);
  });

  it('names the output that the stack lacks', async () => {
    const { launch } = await createLaunchSite({
      files: threeRevisions,
      environment: { removedOutputs: ['MigrationTaskDefinitionArn'] },
    });
    const { exitCode, stderr } = await launch(['development']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('MigrationTaskDefinitionArn');
    expect(stderr).toContain('development-ComputeStack');
  });

  it('shows every line once and in order, from a log that comes late', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `  log('line ' + ${index});`);
    const { launch } = await createLaunchSite({
      files: { '20260101000001_talk.ts': `export const up = async ({ log }) => {\n${lines.join('\n')}\n};` },
      logDelayMs: 700,
    });
    // The quiet time must outlast the log's delay, as the real 8 s outlast the awslogs driver's 5.
    const { exitCode, stderr } = await launch(['development'], { env: { LAUNCH_MIGRATION_QUIET_MS: '5000' } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('the log is complete (its end marker was read)');
    const seen = [...stderr.matchAll(/line (\d+)/g)].map(([, number]) => Number(number));
    expect(seen).toEqual(lines.map((_, index) => index));
  });

  it('--json: stdout is NDJSON, the events as they came, then launch.finished', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout } = await launch(['development', '--json']);
    expect(exitCode).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(eventsOf(stdout).map(({ event }) => event)).toContain('revision.applied');
    expect(lines.at(-1)).toMatchObject({
      event: 'launch.finished',
      outcome: 'succeeded',
      exitCode: 0,
      logComplete: true,
    });
  });

  it('control characters of the container cannot reach the terminal, nor workflow commands the workflow', async () => {
    const { launch } = await createLaunchSite({
      files: {
        '20260101000001_evil.ts':
          "export const up = async () => { process.stdout.write('\\u001b[2Jgone\\n::set-output name=x::y\\n'); };",
      },
    });
    const plain = await launch(['development']);
    expect(plain.stdout).not.toContain('\u001b');
    expect(plain.stdout).toContain('gone');
    const inActions = await createLaunchSite({
      files: {
        '20260101000001_evil.ts':
          "export const up = async () => { process.stdout.write('::set-output name=x::y\\n'); };",
      },
    });
    const { stdout } = await inActions.launch(['development'], { env: { GITHUB_ACTIONS: 'true' } });
    const [before = ''] = stdout.split('set-output');
    expect(before.endsWith('\n::') && !before.includes('::stop-commands::')).toBe(false);
  });

  it.each([
    [['Development'], /[a-z]/],
    [['developmnt'], /developmnt-ComputeStack/],
    [['development', '--chek-only'], /--check-only/],
    [['development', '--downgrade', '0'], /downgrade/],
    [['development', '--check-only', '--downgrade', '1'], /check-only/],
    [['development', '--check-only', '--', 'history'], /check-only/],
    [['development', '--reset'], /local/],
    [[], /environment/],
  ])('%j is refused with exit 2 before anything is started', async (args, message) => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stderr } = await launch(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(aws.requests.filter(({ operation }) => operation === 'RunTask')).toEqual([]);
  });

  it('--help and --version need no AWS', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const help = await launch(['--help'], { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } });
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toContain('launch-migration production');
    expect((await launch(['--version'])).stdout).toBe('0.1.0\n');
  });

  it('production: downgrade and stamp need --yes where nobody can be asked; upgrade goes ahead', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    expect((await launch(['production'])).exitCode).toBe(0);
    const refused = await launch(['production', '--downgrade', '1']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect((await launch(['production', '--', 'stamp', 'base', '--reason', 'x'])).exitCode).toBe(2);
    expect(aws.requests.filter(({ operation }) => operation === 'RunTask')).toHaveLength(1);
    expect((await launch(['production', '--downgrade', '1', '--yes'])).exitCode).toBe(0);
  });
});

describe('the network’s stack in the middle of a change', () => {
  const rolledBack = (stack: Stack): Stack =>
    stack.name.endsWith('-SecurityStack') ? { ...stack, status: 'UPDATE_ROLLBACK_COMPLETE' } : stack;

  it('is a warning, and refused in production unless it is forced', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions, environment: { stack: rolledBack } });
    const development = await launch(['development']);
    expect(development.exitCode).toBe(0);
    expect(development.stderr).toContain('warning: the last change of development-SecurityStack was rolled back');
    const production = await launch(['production']);
    expect(production.exitCode).toBe(2);
    expect(production.stderr).toContain('production-SecurityStack was rolled back');
    expect(aws.requests.filter(({ operation }) => operation === 'RunTask')).toHaveLength(1);
    expect((await launch(['production', '--force'])).exitCode).toBe(0);
  });
});

describe('secrets and sizes of the override', () => {
  it('a password is refused before anything is called, and is in no output', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout, stderr } = await launch([
      'development',
      '--',
      'upgrade',
      '--database-url',
      'postgres://a:hunter2@db/x',
    ]);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain('hunter2');
    expect(aws.requests).toEqual([]);
  });

  it('more than ECS takes (8192) is refused before RunTask', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stderr } = await launch(['development', '--', 'stamp', 'head', '--reason', 'x'.repeat(8_192)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('8192');
    expect(aws.requests.filter(({ operation }) => operation === 'RunTask')).toEqual([]);
  });
});
