import { describe, expect, it } from 'vitest';

import { createLaunchCase, launchFinished, lineNumbers, talk, upTo } from '../../support/launch-case.ts';

const complete = 'the log is complete (its end marker was read)';

describe('the log of a launch', () => {
  it('that arrives after the container is STOPPED is waited for, all of it', async () => {
    const { launch } = await createLaunchCase({ script: talk(20, 6), logDelayMs: 1_200 });
    const { exitCode, stdout, stderr } = await launch();
    expect(exitCode).toBe(6);
    expect(lineNumbers(stdout)).toEqual(upTo(20));
    expect(stderr).toContain(complete);
  });

  it('without an end marker is read until it is quiet, and nobody claims that it is complete', async () => {
    const { launch } = await createLaunchCase({ script: "say('boom'); process.exitCode = 9;", logDelayMs: 700 });
    const { exitCode, stdout, stderr } = await launch();
    expect(exitCode).toBe(9);
    expect(stdout).toBe('boom\n');
    expect(stderr).toContain('the log went quiet after the end; it has no end marker, so a last line may be missing');
  });

  it('with lines that come late, behind what was read, shows each once and says which were late', async () => {
    const script = talk(60, 0, 5);
    const { launch } = await createLaunchCase({ script, faults: ['late-lines 700ms 30%'], seed: 4 });
    const { exitCode, stdout, stderr } = await launch();
    expect(exitCode).toBe(0);
    expect(lineNumbers(stdout).toSorted((left, right) => left - right)).toEqual(upTo(60));
    expect(stderr).toContain('lines came late');
    expect(stderr).toContain(complete);
  });

  it('with lines that never come says how many, and is not called complete', async () => {
    const { launch, aws } = await createLaunchCase({ script: talk(40, 0, 3), faults: ['lost-lines 3 times after 5'] });
    const result = await launch(['development', '--json']);
    expect(aws.faults()).toMatchObject([{ strikes: 3 }]);
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toContain('Of the lines that the container printed, 3 never came.');
    expect(result.stderr).toContain('the log is incomplete');
    expect(launchFinished(result)).toMatchObject({ outcome: 'succeeded', logComplete: false });
  });

  it('in tiny, empty and stalled pages is read whole, once and in order', async () => {
    const faults = ['small-pages 7', 'empty-pages 30%', 'stalled-pages 15%'];
    const { launch } = await createLaunchCase({ script: talk(200), faults, seed: 11 });
    const { stdout, stderr } = await launch();
    expect(lineNumbers(stdout)).toEqual(upTo(200));
    expect(stderr).toContain(complete);
  });

  it('that grows by more than a page between two looks does not fall behind', async () => {
    const { launch, calls } = await createLaunchCase({ script: talk(2_000), logPageSize: 50, logDelayMs: 500 });
    const { stdout, elapsedMs } = await launch();
    expect(lineNumbers(stdout)).toEqual(upTo(2_000));
    expect(calls('GetLogEvents').length).toBeGreaterThanOrEqual(40);
    expect(elapsedMs).toBeLessThan(15_000);
  });

  it('is asked for from its head and without any time, so that no clock can hide a line', async () => {
    const { launch, calls } = await createLaunchCase({ script: talk(3) });
    await launch();
    const asked = calls('GetLogEvents').map(({ parameters }) => parameters);
    expect(asked.length).toBeGreaterThan(0);
    for (const parameters of asked) {
      expect(parameters).toMatchObject({ startFromHead: true });
      expect(parameters).not.toHaveProperty('startTime');
      expect(parameters).not.toHaveProperty('endTime');
    }
  });

  it('of equal lines shows as many as there were', async () => {
    const { launch } = await createLaunchCase({ script: "for (let i = 0; i < 9; i += 1) say('again'); finish(0);" });
    expect((await launch()).stdout).toBe('again\n'.repeat(9));
  });

  it('that never appears changes nothing: a silent container succeeds', async () => {
    const { launch } = await createLaunchCase({ script: '', faults: ['hide-logs'] });
    const { exitCode, stdout, stderr } = await launch();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('succeeded');
    expect(stderr).toContain('no end marker');
  });

  it('that appears late is shown from its first line', async () => {
    const { launch } = await createLaunchCase({ script: talk(10), faults: ['hide-logs 1s'] });
    const { stdout, stderr } = await launch();
    expect(lineNumbers(stdout)).toEqual(upTo(10));
    expect(stderr).toContain(complete);
  });

  it('of a container that never started is not waited for, and not asked for', async () => {
    const faults = ['cannot-start "CannotPullContainerError: pull image manifest: registry/x:1: not found"'];
    const { launch, calls } = await createLaunchCase({ script: talk(1), faults });
    const { exitCode, stderr } = await launch(['development'], { env: { LAUNCH_MIGRATION_QUIET_MS: '30000' } });
    expect(exitCode).toBe(125);
    expect(stderr).toContain('the container never started, so there is no log');
    expect(stderr).toContain('the image or its tag does not exist');
    expect(stderr).toContain('next: Push the image');
    expect(calls('GetLogEvents')).toEqual([]);
  });

  it('whose token is refused in the middle is begun again, and no line is shown twice', async () => {
    const faults = ['small-pages 5', 'refuse GetLogEvents InvalidParameterException 3 times after 4'];
    const { launch, aws } = await createLaunchCase({ script: talk(50, 0, 10), faults });
    const { exitCode, stdout, stderr } = await launch();
    expect(aws.faults()).toMatchObject([{}, { strikes: 3 }]);
    expect(exitCode).toBe(0);
    expect(lineNumbers(stdout)).toEqual(upTo(50));
    expect(stderr).toContain(complete);
  });

  it.each([
    [{ mode: 'non-blocking' }, 'is non-blocking'],
    [{}, 'is not set, so it is non-blocking'],
  ])('with the log mode %j is warned of before the start', async (mode, warning) => {
    const { launch } = await createLaunchCase({
      script: talk(1),
      environment: {
        container: (usual) => {
          const { mode: _, ...options } = usual.logConfiguration?.options ?? {};
          return { ...usual, logConfiguration: { logDriver: 'awslogs', options: { ...options, ...mode } } };
        },
      },
    });
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`The log mode of MigrationContainer ${warning}: ECS may drop lines.`);
  });
});
