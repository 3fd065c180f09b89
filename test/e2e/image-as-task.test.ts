import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';

import type { ContainerDefinition } from '../../src/local-aws/ecs/task-definition.ts';
import { buildConsumerImage, buildImage, docker, missingEngine, missingLogDriver } from '../support/docker.ts';
import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { eventsOf, threeRevisions } from '../support/migrations.ts';
import { runProgram, startProgram } from '../support/programs.ts';

/*
 * Launcher → ECS's API → a container of the built image → the engine's own awslogs driver → CloudWatch's API → launcher:
 * everything real but AWS's control plane.
 */

const noEngine = await missingEngine();
const required = process.env['REQUIRE_DOCKER'] === '1';
let base = '';
let noLogs: string | undefined;
if (noEngine === undefined) {
  base = await buildImage({ target: 'runner' });
  noLogs = await missingLogDriver(base);
}
const missing = noEngine ?? noLogs;
if (missing !== undefined) console.warn(`SKIPPED, tasks as containers are not tested: ${missing}.`);

test.runIf(required)('the engine has a log driver that can send, as REQUIRE_DOCKER=1 asks', () => {
  expect(missing).toBeUndefined();
});

/** As infra/ deploys it: nothing to write, no rights, 0.25 vCPU and 512 MiB (the task's own size in the stand-in). */
const hardened = (usual: ContainerDefinition): ContainerDefinition => ({
  ...usual,
  user: '65532:65532',
  readonlyRootFilesystem: true,
  stopTimeout: 60,
  linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
});

const memory = (body: string): string =>
  `export const up = async () => { ${body} };\nexport const down = async () => {};\n`;

describe.skipIf(missing !== undefined)('a task in a container', () => {
  const images: string[] = [];
  afterAll(async () => void (await docker('rmi', '--force', base, ...images)));

  async function site(
    files: Readonly<Record<string, string>>,
    change: (usual: ContainerDefinition) => ContainerDefinition = hardened,
  ): Promise<LaunchSite> {
    const image = await buildConsumerImage(base, files);
    images.push(image);
    const engine = process.env;
    return createLaunchSite({ files, docker: { dockerImage: image, engine }, environment: { container: change } });
  }

  test('upgrades the database with a read-only root, and the launcher shows its whole log and its exit code', async () => {
    const { launch, database } = await site(threeRevisions);
    const ended = await launch(['production']);
    expect(ended.stderr).toContain('3 revisions applied');
    expect(ended.exitCode).toBe(0);
    expect(
      await database.query('SELECT count(*)::int AS n, min(image_digest) AS image FROM migrations.history'),
    ).toEqual([{ n: 3, image: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }]);
    const check = await launch(['production', '--check-only']);
    expect(check.exitCode).toBe(0);
    const root = await launch(['production', '--json', '--', 'current']);
    expect(root.stdout).toContain('20260101000003');
  });

  test('plans with what is in the image alone, and runs exactly that plan', async () => {
    const { launch } = await site({
      ...threeRevisions,
      '20260101000004_allowed.sql':
        '-- migrate:up\n-- migrate:allow drop-column nobody reads it\nALTER TABLE accounts DROP COLUMN email;\n',
    });
    expect((await launch(['production', '--', 'upgrade', '+2'])).exitCode).toBe(0);
    const plan = await launch(['production', '--plan']);
    expect(plan.exitCode, plan.stderr).toBe(0);
    // The SQL parser is WebAssembly, and compiles in a container without rights and with little memory.
    expect(plan.stdout).toContain('    SHARE on public.accounts: builds an index, less than half a second\n');
    expect(plan.stdout).toContain('the reason given: nobody reads it');
    const hash = /^plan hash: (\S+)$/m.exec(plan.stdout)?.[1] ?? '';
    const ran = await launch(['production', '--', 'upgrade', 'head', '--plan-hash', hash]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stderr).toContain('2 revisions applied');
  });

  test('6: a failing revision is the container’s exit code and the launcher’s', async () => {
    const broken = { '20260101000001_broken.sql': '-- migrate:up\nSELECT 1/0;\n-- migrate:down\n' };
    const { launch } = await site(broken);
    const { exitCode, stderr } = await launch(['production']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('division by zero');
  });

  test('137: a container that outgrows its 512 MiB is killed, and the launcher names the memory', async () => {
    const greedy = memory('const kept = []; for (;;) kept.push(Buffer.alloc(100_000_000, 1));');
    const { launch, database } = await site({ '20260101000001_greedy.ts': greedy });
    const { exitCode, stderr, stdout } = await launch(['production', '--json']);
    expect(stderr).toContain('OutOfMemoryError: Container killed due to memory usage');
    expect(exitCode).toBe(137);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ outcome: 'killed', exitCode: 137 });
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 0 }]);
  });

  test('143: `launch-migration stop` ends it with SIGTERM, and the revision is rolled back', async () => {
    const slow = {
      '20260101000001_slow.sql': '-- migrate:up\nCREATE TABLE t ();\nSELECT pg_sleep(120);\n-- migrate:down\n',
    };
    const { startLaunch, launch, database } = await site(slow);
    const run = startLaunch(['production']);
    const sleepers = (): Promise<unknown[]> =>
      database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'");
    await expect.poll(sleepers, { timeout: 60_000 }).toHaveLength(1);
    const stopped = await launch(['stop', 'production', '--yes']);
    expect(stopped.stderr).toContain('143');
    expect((await run.finished).exitCode).toBe(143);
    expect(await database.query("SELECT to_regclass('public.t') AS t")).toEqual([{ t: null }]);
  });

  test('20,000 lines come through the log driver, none lost and none twice', async () => {
    const talkative = memory("for (let line = 1; line <= 20_000; line += 1) console.log('line ' + line + ';');");
    const { launch } = await site({ '20260101000001_talkative.ts': talkative });
    const { exitCode, stdout } = await launch(['production', '--json']);
    expect(exitCode).toBe(0);
    const lines = eventsOf(stdout).flatMap(({ event, text }) =>
      event === 'message' && /^line \d+;$/.test(String(text)) ? [String(text)] : [],
    );
    expect(lines).toEqual(Array.from({ length: 20_000 }, (_, index) => `line ${index + 1};`));
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as object;
    expect(last).toMatchObject({ event: 'launch.finished', logComplete: true });
  });

  test('has the limits, the user and the root of its definition', async () => {
    const wait = { '20260101000001_wait.sql': '-- migrate:up\nSELECT pg_sleep(120);\n-- migrate:down\n' };
    const { startLaunch, launch, database, aws } = await site(wait);
    const run = startLaunch(['production']);
    const sleepers = (): Promise<unknown[]> =>
      database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'");
    await expect.poll(sleepers, { timeout: 60_000 }).toHaveLength(1);
    const { stdout: ids } = await docker(
      'ps',
      '--quiet',
      '--filter',
      'label=com.amazonaws.ecs.container-name=MigrationContainer',
    );
    const inspected = await docker('inspect', ...ids.trim().split('\n'));
    const ours = (JSON.parse(inspected.stdout) as InspectedContainer[]).find(
      ({ HostConfig }) => HostConfig.LogConfig.Config['awslogs-endpoint'] === aws.endpoint,
    );
    expect(ours).toMatchObject({
      Config: { User: '65532:65532' },
      HostConfig: {
        Memory: 512 * 1_048_576,
        MemorySwap: 512 * 1_048_576,
        NanoCpus: 250_000_000,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        Init: true,
        LogConfig: { Type: 'awslogs', Config: { mode: 'blocking' } },
      },
    });
    expect(ours?.Config.Env.find((line) => line.startsWith('DATABASE_SECRET='))).toContain('"password"');
    await launch(['stop', 'production', '--yes']);
    await run.finished;
  });

  test('`local-aws --docker` is the account in which the task is a container', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wumbo-local-docker-'));
    const image = await buildConsumerImage(base, threeRevisions);
    images.push(image);
    const where = ['--directory', directory, '--environments', 'development'];
    const env = { DOCKER_HOST: process.env['DOCKER_HOST'] ?? '' };
    const standIn = startProgram('local-aws', [...where, '--docker', image, '--pace', '10ms'], { env });
    onTestFinished(async () => {
      standIn.child.kill('SIGTERM');
      await standIn.finished;
      await runProgram('local-aws', [...where, '--stop']);
      await rm(directory, { recursive: true, force: true });
    });
    const lines = createInterface({ input: standIn.child.stdout ?? process.stdin });
    const [line] = (await once(lines, 'line')) as [string];
    const { endpoint } = JSON.parse(line) as { endpoint: string };
    const account = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' };
    const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    const launched = await runProgram('launch-migration', ['development'], { env: { ...account, ...keys } });
    expect(launched.stderr).toContain('3 revisions applied');
    expect(launched.exitCode).toBe(0);
  });

  test('2: `local-aws --docker` without an engine says so before anything starts', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const { exitCode, stderr } = await runProgram('local-aws', ['--docker', base], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('No Docker engine answers: ');
    expect(stderr).toContain('without --docker tasks run as processes.');
  });

  test.each([
    {
      problem: 'an image that the engine cannot pull',
      change: undefined,
      dockerImage: '127.0.0.1:9/nothing:1',
      says: 'CannotPullContainerError',
    },
    {
      problem: 'a log group that is not there',
      change: (usual: ContainerDefinition) => ({
        ...usual,
        logConfiguration: {
          logDriver: 'awslogs',
          options: { ...usual.logConfiguration?.options, 'awslogs-group': '/not/there' },
        },
      }),
      dockerImage: undefined,
      says: 'ResourceNotFoundException: The specified log group does not exist.',
    },
    {
      problem: 'an entrypoint that the image lacks',
      change: (usual: ContainerDefinition) => ({ ...usual, entryPoint: ['/bin/sh', '-c'] }),
      dockerImage: undefined,
      says: 'CannotStartContainerError',
    },
  ])('125: $problem is a task that never started', async ({ change, dockerImage, says }) => {
    const { launch, aws } = await createLaunchSite({
      files: threeRevisions,
      docker: { dockerImage: dockerImage ?? base, engine: process.env },
      environment: change ? { container: change } : {},
    });
    onTestFinished(() => aws.idle());
    const { exitCode, stderr, stdout } = await launch(['production', '--json']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain(says);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ outcome: 'never-started' });
  });
});

interface InspectedContainer {
  readonly Config: { readonly Env: readonly string[] };
  readonly HostConfig: { readonly LogConfig: { readonly Config: Readonly<Record<string, string>> } };
}
