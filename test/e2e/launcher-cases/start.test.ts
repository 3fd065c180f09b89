import { describe, expect, it } from 'vitest';

import { createLaunchCase, launchFinished, lineNumbers, talk, upTo } from '../../support/launch-case.ts';

const forever = "say('working'); setInterval(() => {}, 1_000);";

describe('the start of a task', () => {
  it.each([
    ['lose RunTask once', 1],
    ['lose RunTask 3 times', 1],
    ['truncate RunTask once', 1],
    ['reset RunTask 2 times', 3],
    ['fail RunTask 2 times', 3],
    ['throttle RunTask 2 times', 3],
    ['phantom once', 1],
    ['capacity 4 times', 5],
  ])('%s: one task runs, after at most %i calls, all with one token', async (fault, mostCalls) => {
    // ListTasks with startedBy shows no task that has ended (startedBy must be its only filter), so this one takes its time.
    const script = `setTimeout(() => { ${talk(3)} }, 1_500);`;
    const { launch, calls, aws } = await createLaunchCase({ script, faults: [fault] });
    const { exitCode, stdout } = await launch();
    expect(exitCode).toBe(0);
    expect(lineNumbers(stdout)).toEqual(upTo(3));
    const tokens = calls('RunTask').map(({ parameters }) => parameters['clientToken']);
    expect(tokens.length).toBeLessThanOrEqual(mostCalls);
    expect(new Set(tokens).size).toBe(1);
    const streams = calls('DescribeTasks').flatMap(({ parameters }) => parameters['tasks'] as string[]);
    expect(new Set(streams).size).toBe(1);
    expect(aws.faults()[0]?.strikes).toBeGreaterThan(0);
  });

  it('without capacity ends with 125, plain words, and no task', async () => {
    const { launch, calls } = await createLaunchCase({ script: talk(1), faults: ['capacity'] });
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(125);
    expect(stderr).toContain('Fargate has no capacity there at the moment');
    expect(calls('RunTask').length).toBeGreaterThanOrEqual(5);
  });

  it('with a run id that was launched before reports that task, and starts no second one', async () => {
    const { launch, calls } = await createLaunchCase({ script: talk(2, 3) });
    const first = await launch(['development', '--run-id', 'build-7', '--json']);
    const second = await launch(['development', '--run-id', 'build-7', '--json']);
    expect([first.exitCode, second.exitCode]).toEqual([3, 3]);
    expect(launchFinished(second)['taskArn']).toBe(launchFinished(first)['taskArn']);
    expect(second.stderr).toContain('The run id build-7 was launched before; this is that run');
    expect(new Set(calls('RunTask').map(({ parameters }) => parameters['clientToken'])).size).toBe(1);
  });

  it('with a run id whose task ECS has forgotten still knows how it ended', async () => {
    const { launch } = await createLaunchCase({ script: talk(2, 3), stoppedTaskVisibleMs: 1_000 });
    await launch(['development', '--run-id', 'build-8']);
    await new Promise((next) => setTimeout(next, 1_500));
    const second = await launch(['development', '--run-id', 'build-8', '--json']);
    expect(second.exitCode).toBe(3);
    expect(launchFinished(second)).toMatchObject({ outcome: 'failed', exitCode: 3 });
  });

  it('with a run id that was used for other arguments or another network is refused, with the earlier task', async () => {
    const { launch, aws } = await createLaunchCase({ script: talk(1) });
    await launch(['development', '--run-id', 'build-9']);
    const [runTask] = aws.requests.filter(({ operation }) => operation === 'RunTask');
    const network = runTask?.parameters['networkConfiguration'] as { awsvpcConfiguration: { subnets: string[] } };
    const [subnet = ''] = network.awsvpcConfiguration.subnets;
    const { exitCode, stderr } = await launch(['development', '--run-id', 'build-9', '--subnets', subnet]);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/This run id started arn:aws:ecs:\S+ already/);
  });

  it('is refused while another task drains: its container may still work', async () => {
    const { launch, startLaunch, calls, aws } = await createLaunchCase({
      script: `process.on('SIGTERM', () => {}); ${forever}`,
    });
    const first = startLaunch();
    await first.said('working');
    const [arn = ''] = calls('DescribeTasks').flatMap(({ parameters }) => parameters['tasks'] as string[]);
    aws.stopTask(arn, 'UserInitiated', 'a test stops it');
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(7);
    expect(stderr).toContain(arn);
    expect(stderr).toContain('launch-migration attach development');
    expect(calls('RunTask')).toHaveLength(1);
    first.child.kill('SIGTERM');
    await first.finished;
  });

  it('that hangs ends with --start-timeout: 124, the phase that hung, and the way back', async () => {
    const { launch } = await createLaunchCase({ script: talk(1), faults: ['slow PENDING 10m'] });
    const { exitCode, stderr } = await launch(['development', '--start-timeout', '1s']);
    expect(exitCode).toBe(124);
    expect(stderr).toContain('has not started within 1.0 s (--start-timeout), the task is PENDING');
    expect(stderr).toMatch(/launch-migration attach development [0-9a-f]{32}/);
  });

  it('warns of a restart policy, which would run a migration again that failed half-way', async () => {
    const { launch } = await createLaunchCase({
      script: talk(1),
      environment: { container: { restartPolicy: { enabled: true } } },
    });
    expect((await launch()).stderr).toContain('MigrationContainer has a restart policy');
  });

  it('an override that ECS would refuse is refused before anything is started', async () => {
    const { launch, calls } = await createLaunchCase({ script: talk(1) });
    const { exitCode, stderr } = await launch(['development', '--', 'show', 'x'.repeat(8_200)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('ECS accepts 8192');
    expect(calls('RunTask')).toEqual([]);
  });

  it('a password in the arguments is refused, and not repeated', async () => {
    const { launch, aws } = await createLaunchCase({ script: talk(1) });
    const url = 'postgres://me:planted-secret@db/x';
    const { exitCode, stdout, stderr } = await launch(['development', '--', 'upgrade', '--database-url', url]);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain('planted-secret');
    expect(aws.requests).toEqual([]);
  });
});

describe('the target of a launch', () => {
  it.each([
    ['UPDATE_IN_PROGRESS', 'is being changed'],
    ['UPDATE_ROLLBACK_COMPLETE', 'was rolled back'],
  ])('with a stack in %s is warned of, and refused in production without --force', async (stackStatus, words) => {
    const { launch, calls } = await createLaunchCase({ script: talk(1), environment: { stackStatus } });
    const development = await launch(['development']);
    expect(development.exitCode).toBe(0);
    expect(development.stderr).toContain(words);
    const production = await launch(['production']);
    expect(production.exitCode).toBe(2);
    expect(production.stderr).toContain('--force');
    expect((await launch(['production', '--force'])).exitCode).toBe(0);
    expect(calls('RunTask')).toHaveLength(2);
  });

  it('in another region is not found, and the region that was looked at is said', async () => {
    const { launch } = await createLaunchCase({ script: talk(1) });
    const { exitCode, stderr } = await launch(['development', '--region', 'eu-west-1']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('development-ComputeStack');
    expect(stderr).toContain('eu-west-1');
  });

  it('of a container that says nothing is told to be alive, again and again', async () => {
    const { launch } = await createLaunchCase({ script: 'setTimeout(() => finish(0), 2_500);' });
    const { exitCode, stderr } = await launch(['development'], { env: { LAUNCH_MIGRATION_ALIVE_MS: '500' } });
    expect(exitCode).toBe(0);
    const alive = [...stderr.matchAll(/^· still running \((\d\.\d) s\)$/gm)].map(([, seconds]) => Number(seconds));
    expect(alive.length).toBeGreaterThanOrEqual(2);
    expect(alive).toEqual(alive.toSorted((left, right) => left - right));
  });

  it('is said before the start: account, region, revision and image', async () => {
    const { launch } = await createLaunchCase({ script: talk(1) });
    const { stderr } = await launch();
    const beforeStart = stderr.slice(0, stderr.indexOf('Task arn:'));
    for (const part of ['123456789012', 'us-east-1', 'development-wumbo-migration:7', 'wumbo-migration:2026.11.22'])
      expect(beforeStart).toContain(part);
  });
});
