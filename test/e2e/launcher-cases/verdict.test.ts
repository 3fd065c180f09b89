import { describe, expect, it } from 'vitest';

import { createLaunchCase, launchFinished, lineNumbers, talk, upTo } from '../../support/launch-case.ts';

const forever = "say('working'); setInterval(() => {}, 1_000);";
const untilAsked = `say('working'); setInterval(() => {}, 1_000);
  process.on('SIGTERM', () => { finish(143); process.exit(); });`;

describe('the verdict of a launch', () => {
  it('waits for an exit code that comes after the container has stopped', async () => {
    const { launch } = await createLaunchCase({ script: talk(3, 6), faults: ['late-exit-code 400ms'] });
    const result = await launch(['development', '--json']);
    expect(result.exitCode).toBe(6);
    expect(launchFinished(result)).toMatchObject({ outcome: 'failed', exitCode: 6, logComplete: true });
  });

  it('is unknown, never success, when the exit code does not come at all', async () => {
    const { launch } = await createLaunchCase({ script: talk(3, 0), faults: ['no-exit-code'] });
    const result = await launch(['development', '--json']);
    expect(result.exitCode).toBe(125);
    expect(launchFinished(result)).toMatchObject({ outcome: 'unknown', exitCode: 125 });
    expect(result.stderr).toContain('ECS gave no exit code');
    expect(result.stderr).toContain('next: Look at the database before launching again');
  });

  it('names the essential side container that ended first, and keeps our container’s code', async () => {
    const { launch } = await createLaunchCase({
      script: untilAsked,
      environment: { extraContainers: [{ name: 'proxy', image: 'proxy:1', essential: true }] },
    });
    const result = await launch(['development', '--json']);
    expect(result.exitCode).toBe(143);
    expect(launchFinished(result)).toMatchObject({ outcome: 'killed', exitCode: 143, logComplete: true });
    expect(result.stderr).toContain('the side container proxy ended first (exit code 1)');
  });

  it('lets a side container that is not essential end as it likes', async () => {
    const { launch } = await createLaunchCase({
      script: 'setTimeout(() => finish(0), 1_200)',
      environment: { extraContainers: [{ name: 'proxy', image: 'proxy:1', essential: false }] },
    });
    expect((await launch()).exitCode).toBe(0);
  });

  it.each([0, 6])('is not touched by an injected container that stands first: %i', async (code) => {
    const { launch } = await createLaunchCase({ script: talk(2, code), faults: ['injected-sidecar'] });
    const { exitCode, stderr } = await launch(['development', '--verbose']);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(code === 0 ? 'succeeded' : 'failed, exit code 6');
    expect(stderr).toContain('aws-guardduty-agent-TRUbZmG was added by AWS and decides nothing (CannotPull');
  });

  it('comes at the container’s end, and does not wait for the network interface', async () => {
    const { launch } = await createLaunchCase({ script: talk(5, 6), faults: ['slow DEPROVISIONING 10m'] });
    const { exitCode, stdout, stderr, elapsedMs } = await launch();
    expect(exitCode).toBe(6);
    expect(lineNumbers(stdout)).toEqual(upTo(5));
    expect(stderr).toContain('the log is complete');
    expect(elapsedMs).toBeLessThan(20_000);
  });

  it.each([
    ['out-of-memory 300ms', 137, 'the container used more memory than the task has'],
    ['spot 300ms', 143, 'Fargate Spot took the capacity back'],
    ['user-stop 300ms', 143, 'somebody stopped the task ("Task stopped by user")'],
  ])('%s: killed with %i, and by whom', async (fault, code, reason) => {
    const { launch } = await createLaunchCase({ script: untilAsked, faults: [fault] });
    const result = await launch(['development', '--json']);
    expect(result.exitCode).toBe(code);
    expect(launchFinished(result)).toMatchObject({ outcome: 'killed', exitCode: code });
    expect(result.stderr).toContain(reason);
    expect(result.stderr).toContain('next: ');
  });

  it('is unknown when ECS loses sight of the task in the middle, with the commands that look again', async () => {
    const { launch } = await createLaunchCase({ script: forever, faults: ['hide-tasks after 8'] });
    const { exitCode, stderr } = await launch(['development'], { env: { LAUNCH_MIGRATION_POLL_MS: '30' } });
    expect(exitCode).toBe(125);
    expect(stderr).toContain('outcome unknown');
    expect(stderr).toContain('ECS does not know the task of MigrationContainer (MISSING)');
    expect(stderr).toMatch(/launch-migration attach development [0-9a-f]{32}/);
  });

  it('bears with a task that ECS does not know yet', async () => {
    const { launch } = await createLaunchCase({ script: talk(3, 3), faults: ['hide-tasks 1s'] });
    const { exitCode, stdout } = await launch();
    expect(exitCode).toBe(3);
    expect(lineNumbers(stdout)).toEqual(upTo(3));
  });

  it.each([
    [124, 'failed'],
    [125, 'failed'],
    [130, 'failed'],
  ])('%i of the container’s own is told apart from ours by the outcome %s', async (code, outcome) => {
    const { launch } = await createLaunchCase({ script: talk(1, code) });
    const result = await launch(['development', '--json']);
    expect(result.exitCode).toBe(code);
    expect(launchFinished(result)).toMatchObject({ outcome, exitCode: code });
  });

  it.each([
    ['ResourceInitializationError: unable to pull secrets or registry auth: timeout', 'could not read a secret'],
    ['ResourceInitializationError: failed to validate logger args: no group', 'the log group does not exist'],
    ['CannotStartContainerError: exec format error', 'another processor architecture'],
    ['Timeout waiting for network interface provisioning to complete.', 'got no network interface'],
  ])('of a task that cannot start explains %s', async (reason, explanation) => {
    const { launch } = await createLaunchCase({ script: '', faults: [`cannot-start "${reason}"`] });
    const result = await launch(['development', '--json']);
    expect(launchFinished(result)).toMatchObject({ outcome: 'never-started', exitCode: 125 });
    expect(result.stderr).toContain(explanation);
    expect(result.stderr).toContain('next: ');
  });

  it('of a container that its restart policy ran twice is the last run’s, and says so', async () => {
    const started = `event: 'run.started', command: 'upgrade', target: 'head', database: 'd', revisionCount: 1, version: '1'`;
    const failed = `event: 'revision.failed', revision: '1', name: '1_users', file: 'migrations/1_users.sql', line: 1, message: 'broken'`;
    const { launch } = await createLaunchCase({
      script: `emit({ runId: 'first', ${started} }); emit({ runId: 'first', ${failed} }); emit({ ${started} }); finish(0);`,
    });
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(0);
    const verdict = stderr.slice(stderr.indexOf('✓ succeeded'));
    expect(verdict).toMatch(/^✓ succeeded$/m);
    expect(verdict).toContain('the container ran 2 times (its restart policy); the exit code is that of the last run');
  });
});
