import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { PolicyDocument } from '../../src/local-aws/iam/policy.ts';
import { startLocalAws, type LocalAws } from '../../src/local-aws/server.ts';
import {
  accountWithStack,
  deployMigrationStack,
  launcherPolicy,
  requiredParameters,
} from '../support/cloudformation/migration-stack.ts';
import { createLaunchSite } from '../support/launcher.ts';
import { createProject, threeRevisions } from '../support/migrations.ts';
import { projectDirectory, runProgram, startProgram, type ProgramResult } from '../support/programs.ts';

const stack = deployMigrationStack(requiredParameters);
const slowRevision = { '20260101000001_slow.sql': '-- migrate:up\nSELECT pg_sleep(60);\n-- migrate:down\nSELECT 1;\n' };

describe('a stack of infra/migration-task.yaml', () => {
  it('is found by one call, migrated and read again by a launcher that has the template’s policy only', async () => {
    const { launch, aws, database } = await deploy(threeRevisions);
    const { exitCode, stderr } = await launch(['production', '--verbose']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('the log is complete');
    expect(stderr).not.toContain('Warning');
    expect(aws.requests.filter(({ service }) => service === 'cloudformation')).toHaveLength(1);
    expect(await database.query("select to_regclass('accounts') is not null as there")).toEqual([{ there: true }]);
    for (const command of [['tasks'], ['logs'], ['attach']])
      expect((await launch([...command, 'production'])).exitCode, command[0]).toBe(0);
    expect((await launch(['production', '--check-only'])).exitCode).toBe(0);
  });

  it('lets the launcher stop the task that it started', async () => {
    const { aws, launch, environment, directory } = await deploy(slowRevision);
    const running = startProgram('launch-migration', ['production'], { cwd: directory, env: environment });
    running.child.stdin?.end();
    await running.said('slow');
    const stopped = await launch(['stop', 'production', '--yes']);
    expect(stopped.stderr).not.toContain('denied');
    expect(aws.requests.map(({ operation }) => operation)).toContain('StopTask');
    expect((await running.finished).exitCode).toBe(143);
  });

  it.each(['ReadStack', 'ReadTaskDefinition', 'FindTasks', 'RunMigration', 'PassTaskRoles'])(
    'without %s nothing is started, and the launcher names the right that it lacks',
    async (sid) => {
      const { launch, aws } = await deploy(threeRevisions, without(sid));
      const { exitCode, stderr } = await launch(['production']);
      const action = launcherPolicy(stack).Statement.find(({ Sid }) => Sid === sid)?.Action;
      expect(exitCode, stderr).toBe(125);
      expect(stderr).toContain(`not authorized to perform: ${String(action)}`);
      expect(aws.requests.filter(({ operation }) => operation === 'RunTask').length).toBeLessThanOrEqual(1);
    },
  );
});

describe('a caller who may not tag', () => {
  it('migrates all the same, is told so, and cannot stop the task: the right to stop goes by the tag', async () => {
    const { launch } = await deploy(threeRevisions, without('TagOwnTask'));
    const { exitCode, stderr } = await launch(['production']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('AWS denied ecs:TagResource');
    const slow = await deploy(slowRevision, without('TagOwnTask'));
    const running = startProgram('launch-migration', ['production'], { cwd: slow.directory, env: slow.environment });
    running.child.stdin?.end();
    await running.said('slow');
    const stopped = await slow.launch(['stop', 'production', '--yes']);
    expect(stopped.exitCode, stopped.stderr).toBe(125);
    expect(stopped.stderr).toContain('ecs:StopTask');
    running.child.kill('SIGTERM');
    await running.finished;
  });
});

describe('infra/launcher-policy.json', () => {
  it('is enough for the stacks that Wumbo has today', async () => {
    const text = readFileSync(resolve(projectDirectory, 'infra/launcher-policy.json'), 'utf8');
    const policy = text
      .replaceAll('REGION', 'us-east-1')
      .replaceAll('ACCOUNT', '123456789012')
      .replaceAll('ENVIRONMENT', 'production');
    const { launch } = await createLaunchSite({
      files: threeRevisions,
      accessKeys: { local: { secretAccessKey: 'local', policy: JSON.parse(policy) as PolicyDocument } },
    });
    const { exitCode, stderr } = await launch(['production']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('the log is complete');
    const other = await launch(['development']);
    expect(other.exitCode).toBe(125);
    expect(other.stderr).toContain('cloudformation:DescribeStacks');
  });
});

function without(sid: string): PolicyDocument {
  return { Statement: launcherPolicy(stack).Statement.filter(({ Sid }) => Sid !== sid) };
}

interface Deployed {
  readonly aws: LocalAws;
  readonly database: { readonly query: (sql: string) => Promise<readonly unknown[]> };
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly launch: (args: readonly string[]) => Promise<ProgramResult>;
}

/** The stack in an account of its own, its container running the built `migrate` on this test's database. */
async function deploy(files: Readonly<Record<string, string>>, policy?: PolicyDocument): Promise<Deployed> {
  const { directory, database } = await createProject(files);
  const url = new URL(database.url);
  const account = accountWithStack(stack, {
    secret: JSON.stringify({
      username: url.username,
      password: decodeURIComponent(url.password),
      host: url.hostname,
      port: Number(url.port),
      dbname: url.pathname.slice(1),
      engine: 'postgres',
    }),
    program: {
      entrypoint: [process.execPath, resolve(projectDirectory, 'dist/migrate.js')],
      command: ['upgrade', 'head'],
      environment: { MIGRATE_CONTAINER: 'true' },
      workingDirectory: directory,
    },
  });
  const accessKeys = policy ? { launcher: { secretAccessKey: 'launcher', policy } } : account.accessKeys;
  const aws = await startLocalAws({
    account: { ...account, accessKeys },
    paceMs: 10,
    logDelayMs: 20,
    closeGraceMs: 500,
  });
  onTestFinished(() => aws.close());
  const environment = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'launcher',
    AWS_SECRET_ACCESS_KEY: 'launcher',
    LAUNCH_MIGRATION_POLL_MS: '50',
    LAUNCH_MIGRATION_QUIET_MS: '3000',
    LAUNCH_MIGRATION_RETRY_MS: '50',
  };
  return {
    aws,
    database,
    directory,
    environment,
    launch: (args) => runProgram('launch-migration', args, { cwd: directory, env: environment }),
  };
}
