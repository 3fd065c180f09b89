import { describe, expect, it } from 'vitest';

import { createLaunchCase, lineNumbers, talk, upTo } from '../../support/launch-case.ts';

const complete = 'the log is complete (its end marker was read)';
const forever = "say('working'); setInterval(() => {}, 1_000);";

describe('trouble with AWS', () => {
  it('a network that is gone for a while ends nothing: the launch catches up', async () => {
    const { startLaunch, aws } = await createLaunchCase({ script: talk(40, 0, 100) });
    const launch = startLaunch();
    await launch.said('line 3');
    aws.setFaults({ faults: ['reset * for 2s'] });
    const { exitCode, stdout, stderr } = await launch.finished;
    expect(exitCode).toBe(0);
    expect(lineNumbers(stdout)).toEqual(upTo(40));
    expect(stderr).toContain(complete);
  });

  it.each([
    ['throttle * 50% for 4s'],
    ['fail * 40% for 4s'],
    ['truncate * 30% for 4s'],
    ['delay * 300ms 60% for 4s'],
    ['throttle DescribeTasks for 2s'],
    ['throttle GetLogEvents for 2s'],
  ])('%s while the task runs: verdict and log are right', async (fault) => {
    const { startLaunch, aws } = await createLaunchCase({ script: talk(30, 3, 60) });
    const launch = startLaunch();
    await launch.said('line 1');
    aws.setFaults({ faults: [fault], seed: 5 });
    const { exitCode, stdout, stderr } = await launch.finished;
    expect(exitCode).toBe(3);
    expect(lineNumbers(stdout)).toEqual(upTo(30));
    expect(stderr).toContain(complete);
    expect(aws.faults()[0]?.strikes).toBeGreaterThan(0);
  });

  it('no right to read the log is said once; the exit code decides', async () => {
    const { launch } = await createLaunchCase({ script: talk(3, 6, 200), faults: ['deny GetLogEvents'] });
    const { exitCode, stdout, stderr } = await launch();
    expect(exitCode).toBe(6);
    expect(stdout).toBe('');
    expect(stderr.match(/The log cannot be read, so only the exit code will tell/g)).toHaveLength(1);
    expect(stderr).toContain('logs:GetLogEvents');
    expect(stderr).toContain('the log could not be read');
  });

  it('no right to look at the task ends the waiting with the right that is missing', async () => {
    const { launch } = await createLaunchCase({ script: forever, faults: ['deny DescribeTasks'] });
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(125);
    expect(stderr).toContain('outcome unknown');
    expect(stderr).toContain('"Action":"ecs:DescribeTasks"');
    expect(stderr).toMatch(/launch-migration attach development [0-9a-f]{32}/);
  });

  it('credentials that expire after the container’s end leave the verdict as it is, and the way to the rest of the log', async () => {
    const faults = ['expire GetLogEvents after 2'];
    const { launch } = await createLaunchCase({ script: talk(30, 6, 20), faults });
    const { exitCode, stderr, elapsedMs } = await launch();
    expect(exitCode).toBe(6);
    // 5.6 times the quiet period of 1.5 s, as 45 s are of 8 s; what cannot be read once is not read a second time.
    expect(elapsedMs).toBeLessThan(25_000);
    expect(
      stderr.match(/The rest of the log cannot be read, trying again: The AWS credentials have expired/g),
    ).toHaveLength(1);
    expect(stderr).toContain('lines may be missing');
    expect(stderr).toMatch(/\$ launch-migration logs development [0-9a-f]{32}$/m);
  });

  it('credentials that expire for good end the waiting in CI: unknown, with the login and the way back', async () => {
    const { startLaunch, aws } = await createLaunchCase({ script: forever });
    const launch = startLaunch();
    await launch.said('working');
    aws.setFaults({ faults: ['expire *'] });
    const { exitCode, stderr } = await launch.finished;
    expect(exitCode).toBe(125);
    expect(stderr).toContain('The AWS credentials have expired');
    expect(stderr).toContain('aws sso login');
    expect(stderr).toMatch(/launch-migration attach development [0-9a-f]{32}/);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('%s detaches within five seconds, also when AWS answers nothing any more', async (signal, code) => {
    const { startLaunch, aws, calls } = await createLaunchCase({ script: forever });
    const launch = startLaunch();
    await launch.said('working');
    aws.setFaults({ faults: ['delay * 1m'] });
    await new Promise((next) => setTimeout(next, 300));
    const before = aws.requests.length;
    const beganAt = performance.now();
    launch.child.kill(signal);
    launch.child.kill(signal);
    const { exitCode, stderr } = await launch.finished;
    expect(exitCode).toBe(code);
    expect(performance.now() - beganAt).toBeLessThan(5_000);
    expect(aws.requests.length - before).toBeLessThanOrEqual(1);
    expect(calls('StopTask')).toEqual([]);
    expect(stderr).toMatch(/launch-migration attach development [0-9a-f]{32}/);
  });

  it('a reader that goes away (head) does not change the verdict', async () => {
    const { startLaunch } = await createLaunchCase({ script: talk(2_000, 6, 0) });
    const launch = startLaunch();
    launch.child.stdout?.destroy();
    expect((await launch.finished).exitCode).toBe(6);
  });
});
