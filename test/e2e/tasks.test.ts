import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { eventsOf, threeRevisions } from '../support/migrations.ts';

const slow = {
  '20260101000001_slow.sql':
    '-- migrate:up\nCREATE TABLE slow (id int);\nSELECT pg_sleep(600);\n-- migrate:down\nDROP TABLE slow;\n',
} as const;
const short = {
  '20260101000001_short.sql':
    '-- migrate:up\nCREATE TABLE short (id int);\nSELECT pg_sleep(4);\n-- migrate:down\nDROP TABLE short;\n',
} as const;
const running = /1 revision to apply|1\/1/;
const anId = /[0-9a-f]{32}/;

describe('launch-migration tasks', () => {
  it('lists what ran and how it ended, the newest first', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    await launch(['production']);
    await launch(['production', '--', 'upgrade', '2099']);
    const { exitCode, stdout } = await launch(['tasks', 'production']);
    expect(exitCode).toBe(0);
    const [heading, ...tasks] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^TASK +REVISION +STARTED BY +STATUS +SINCE +DURATION +RESULT$/);
    expect(tasks).toHaveLength(2);
    expect(tasks[0]).toMatch(
      /^[0-9a-f]{32} {2}production-wumbo-migration:\d+ {2}launch-migration\/production\/\w+ {2}stopped +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}[\d.]+ m?s +failed, exit code 2$/,
    );
    expect(tasks[1]).toMatch(/ succeeded$/);
  });

  it('says why a task never started', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions, environment: { taskDefinition: 'original' } });
    await launch(['development']);
    expect((await launch(['tasks', 'development'])).stdout).toMatch(/ never started: .*json key/i);
    const log = await launch(['logs', 'development']);
    expect(log.exitCode).toBe(125);
    expect(log.stderr).toMatch(/never started, so there is no log: .*json key/i);
  });

  it('--json is one document with a version', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    await launch(['production']);
    const { stdout } = await launch(['tasks', 'production', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      environment: 'production',
      cluster: 'production-wumbo-cluster',
      family: 'production-wumbo-migration',
      tasks: [{ id: expect.stringMatching(anId), status: 'stopped', outcome: 'succeeded', exitCode: 0, reason: null }],
    });
  });

  it('an empty list is an answer', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stdout, stderr } = await launch(['tasks', 'production']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('No migration task runs in production');
  });
});

describe('launch-migration attach', () => {
  it('follows the running task that another launcher has left, to the same verdict and exit code', async () => {
    const { startLaunch, launch } = await createLaunchSite({ files: short });
    const first = startLaunch(['development']);
    await first.said(running);
    first.child.kill('SIGTERM');
    const left = await first.finished;
    expect(left.exitCode).toBe(143);
    const [, command = ''] = /\$ launch-migration (attach development [0-9a-f]{32})/.exec(left.stderr) ?? [];
    const { exitCode, stderr } = await launch(command.split(' '));
    expect(exitCode).toBe(0);
    expect(stderr).toContain('1 revision applied: 20260101000001_short');
    expect(stderr).toContain('the log is complete');
  });

  it('tells of a run that is over already what its launch told, found by the beginning of its id', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const launched = await launch(['development', '--', 'upgrade', '2099']);
    const [id = ''] = anId.exec(launched.stderr) ?? [];
    for (const name of [[], [id], [id.slice(0, 6)]]) {
      const { exitCode, stdout, stderr } = await launch(['attach', 'development', ...name]);
      expect(exitCode).toBe(2);
      expect(stdout).toBe(launched.stdout);
      expect(stderr).toContain('No revision is named "2099".');
      expect(stderr).toContain('✗ failed, exit code 2');
    }
  });

  it('finds by its whole id a task that ECS does not list yet', async () => {
    const { launch } = await createLaunchSite({
      files: threeRevisions,
      intercept: ({ operation }) => (operation === 'ListTasks' ? { answer: { taskArns: [] } } : undefined),
    });
    const [id = ''] = anId.exec((await launch(['development'])).stderr) ?? [];
    expect((await launch(['attach', 'development', id])).stderr).toContain('3 revisions applied');
    // Of another environment's family: not ours to follow or to stop.
    expect((await launch(['attach', 'production', id])).exitCode).toBe(2);
  });

  it('--json ends with the same launch.finished', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    await launch(['development']);
    const { stdout } = await launch(['attach', 'development', '--json']);
    expect(eventsOf(stdout).map(({ event }) => event)).toContain('revision.applied');
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'launch.finished',
      outcome: 'succeeded',
      exitCode: 0,
      logComplete: true,
    });
  });

  it('exit 2 with the list when there are none or several to choose from', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const none = await launch(['attach', 'production']);
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toContain('There is no migration task in production');
    await launch(['production']);
    await launch(['production']);
    const several = await launch(['attach', 'production']);
    expect(several.exitCode).toBe(2);
    expect(several.stderr).toContain('2 migration tasks of production could be meant:');
    expect(several.stderr.match(/^ {4}[0-9a-f]{32} {2}STOPPED/gm)).toHaveLength(2);
    const unknown = await launch(['attach', 'production', 'nosuch', '--json']);
    expect(unknown.exitCode).toBe(2);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ exitCode: 2, error: { code: 'no-single-task' } });
  });

  it('is what a second launch (7), a timeout (124) and a detached launch name', async () => {
    const { startLaunch, launch } = await createLaunchSite({ files: slow });
    const first = startLaunch(['development', '--timeout', '6s']);
    await first.said(running);
    expect((await launch(['development'])).stderr).toMatch(/launch-migration attach development [0-9a-f]{32}/);
    const { exitCode, stderr } = await first.finished;
    expect(exitCode).toBe(124);
    expect(stderr).toMatch(/\$ launch-migration attach development [0-9a-f]{32}\n/);
  });
});

describe('launch-migration logs', () => {
  it('prints the last task’s whole log on stdout, with exit 0 whatever the task’s own code was', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    await launch(['production']);
    await launch(['production', '--', 'upgrade', '2099']);
    const { exitCode, stdout, stderr } = await launch(['logs', 'production']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('No revision is named "2099".');
    expect(stdout).not.toContain('20260101000001_create_accounts');
    expect(stderr).toContain('the log is complete');
  });

  it('follows the log while the task runs', async () => {
    const { startLaunch, launch } = await createLaunchSite({ files: short });
    const first = startLaunch(['development']);
    await first.said(running);
    const { exitCode, stdout } = await launch(['logs', 'development']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('20260101000001_short in ');
    await first.finished;
  });

  it('finds by its whole id the log of a task that ECS has forgotten', async () => {
    let forgotten = false;
    const { launch } = await createLaunchSite({
      files: threeRevisions,
      intercept: ({ operation }) => {
        if (!forgotten) return undefined;
        if (operation === 'ListTasks') return { answer: { taskArns: [] } };
        return operation === 'DescribeTasks' ? { answer: { tasks: [], failures: [] } } : undefined;
      },
    });
    const [arn = ''] = /arn:\S+\/[0-9a-f]{32}/.exec((await launch(['production'])).stderr) ?? [];
    forgotten = true;
    for (const name of [arn, arn.split('/').at(-1) ?? '']) {
      const { exitCode, stdout, stderr } = await launch(['logs', 'production', name]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('3/3 applied 20260101000003_index_email');
      expect(stderr).toContain('the log is complete');
    }
    const unknown = await launch(['logs', 'production', '0'.repeat(32)]);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('There is no migration task 00000000');
  });

  it('--json: the events as they came, then log.finished', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    await launch(['production']);
    const { stdout } = await launch(['logs', 'production', '--json']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(eventsOf(stdout).map(({ event }) => event)).toContain('run.finished');
    expect(lines.at(-1)).toMatchObject({ event: 'log.finished', logComplete: true });
  });
});

describe('launch-migration stop', () => {
  it('stops the task, with a reason that ECS keeps, and waits until the runner has rolled back', async () => {
    const { startLaunch, launch, aws, database } = await createLaunchSite({ files: slow });
    const first = startLaunch(['development']);
    await first.said(running);
    const { exitCode, stderr } = await launch(['stop', 'development', '--reason', 'wrong day'], {
      env: { USER: 'ada' },
    });
    expect(exitCode).toBe(143);
    expect(stderr).toMatch(
      /✗ killed, exit code 143: somebody stopped the task \("wrong day \(ada@\S+ via launch-migration\)"\)/,
    );
    expect(await database.query("SELECT to_regclass('slow') AS found")).toEqual([{ found: null }]);
    expect((await first.finished).exitCode).toBe(143);
    expect(aws.requests.filter(({ operation }) => operation === 'StopTask')).toHaveLength(1);
    const again = await launch(['stop', 'development']);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain('No migration task runs in development');
  });

  it('in production needs --yes where nobody can be asked', async () => {
    const { startLaunch, launch, aws } = await createLaunchSite({ files: slow });
    const first = startLaunch(['production']);
    await first.said(running);
    const refused = await launch(['stop', 'production']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('Pass --yes');
    expect(aws.requests.filter(({ operation }) => operation === 'StopTask')).toEqual([]);
    expect((await launch(['stop', 'production', '--yes'])).exitCode).toBe(143);
    await first.finished;
  });

  it('refuses a task that is over already', async () => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const [id = ''] = anId.exec((await launch(['development'])).stderr) ?? [];
    const { exitCode, stderr } = await launch(['stop', 'development', id]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is over already; nothing was stopped');
    expect(stderr).toContain(`launch-migration attach development ${id}`);
  });
});

describe('tasks, logs, attach and stop', () => {
  it('need the right to see neither subnets nor security groups, and start nothing', async () => {
    const { launch, aws } = await createLaunchSite({ files: threeRevisions });
    await launch(['production']);
    const before = aws.requests.length;
    for (const word of ['tasks', 'logs', 'attach']) await launch([word, 'production']);
    const operations = new Set(aws.requests.slice(before).map(({ operation }) => operation));
    expect([...operations].toSorted()).toEqual([
      'DescribeStacks',
      'DescribeTaskDefinition',
      'DescribeTasks',
      'GetLogEvents',
      'ListTasks',
    ]);
  });

  it.each(['tasks', 'logs', 'attach', 'stop'])('`%s local` says that the stand-in forgets, exit 2', async (word) => {
    const { launch } = await createLaunchSite({ files: threeRevisions });
    const { exitCode, stderr } = await launch([word, 'local']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the stand-in for AWS forgets its tasks');
    expect(stderr).toContain('launch-migration local');
  });
});
