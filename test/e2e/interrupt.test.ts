import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import { hasTerminals } from '../support/terminal.ts';

const slow = {
  '20260101000001_slow.sql':
    '-- migrate:up\nCREATE TABLE slow (id int);\nSELECT pg_sleep(600);\n-- migrate:down\nDROP TABLE slow;\n',
} as const;
const short = {
  '20260101000001_short.sql':
    '-- migrate:up\nCREATE TABLE short (id int);\nSELECT pg_sleep(6);\n-- migrate:down\nDROP TABLE short;\n',
} as const;
const chatter = Array.from({ length: 4_000 }, (_, index) => `  log('${'x'.repeat(200)} ${index}');`);
/** Says more than a pipe holds, and then waits for ever. */
const chatty = {
  '20260101000001_talk.ts': `export const up = async ({ log }) => {\n${chatter.join('\n')}\n  await new Promise(() => setInterval(() => {}, 1000));\n};`,
} as const;
const running = /1 revision to apply|1\/1/;
const question = 'd, s or c? ';
const ctrlC = '\x03';
/** Longer than the time within which a repeated signal is the same one. */
const later = 1_200;
const stops = ({ aws }: LaunchSite) => aws.requests.filter(({ operation }) => operation === 'StopTask');

describe.skipIf(!hasTerminals)('Ctrl-C on a terminal', () => {
  it('asks, and `d` leaves the task running, with the command that follows it again', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startOnTerminal(['development']);
    await program.shown(running);
    program.type(ctrlC);
    await program.shown(question);
    program.type('d\n');
    const { exitCode, screen } = await program.finished;
    expect(exitCode).toBe(130);
    expect(screen).toMatch(/launch-migration attach development [0-9a-f]{32}/);
    expect(stops(site)).toEqual([]);
    expect((await site.launch(['tasks', 'development'])).stdout).toContain(' running ');
  });

  it('`c` goes on to the container’s own end and code, and shows what was printed meanwhile', async () => {
    const site = await createLaunchSite({ files: short });
    const program = site.startOnTerminal(['development']);
    await program.shown(running);
    program.type(ctrlC);
    await program.shown(question);
    program.type('what?\n');
    program.type('c\n');
    const { exitCode, screen } = await program.finished;
    expect(screen).toContain('1 revision applied');
    expect(exitCode).toBe(0);
  });

  it('`s` stops the task, follows it until it is rolled back, and ends with the container’s code', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startOnTerminal(['development'], { env: { USER: 'ada' } });
    await program.shown(running);
    program.type(ctrlC);
    await program.shown(question);
    program.type('s\n');
    const { exitCode, screen } = await program.finished;
    expect(exitCode).toBe(143);
    expect(screen).toMatch(/somebody stopped the task \("ada@\S+ via launch-migration"\)/);
    expect(screen).toContain('the log is complete');
    expect(await site.database.query("SELECT to_regclass('slow') AS found")).toEqual([{ found: null }]);
    expect(stops(site)).toHaveLength(1);
  });

  it('while the question is open nothing is drawn over it', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startOnTerminal(['development']);
    await program.shown(running);
    program.type(ctrlC);
    await program.shown(question);
    await sleep(1_500);
    expect(program.screen().split(question).at(-1)).toBe('');
    program.type('d\n');
    expect((await program.finished).exitCode).toBe(130);
  });

  it('doubled as npx does it is one, a second one detaches', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startOnTerminal(['development']);
    await program.shown(running);
    program.type(ctrlC + ctrlC);
    await program.shown(question);
    await sleep(later);
    program.type(ctrlC);
    const { exitCode, screen } = await program.finished;
    expect(exitCode).toBe(130);
    expect(screen.split(question)).toHaveLength(2);
    expect(stops(site)).toEqual([]);
  });

  it('then the end of the input (Ctrl-D) detaches', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startOnTerminal(['development']);
    await program.shown(running);
    program.type(ctrlC);
    await program.shown(question);
    program.type('\x04');
    expect((await program.finished).exitCode).toBe(130);
    expect(stops(site)).toEqual([]);
  });

  it('the question goes away when the container ends meanwhile', async () => {
    const site = await createLaunchSite({ files: short });
    const program = site.startOnTerminal(['development']);
    await program.shown(running);
    program.type(ctrlC);
    await program.shown(question);
    const { exitCode, screen } = await program.finished;
    expect(exitCode).toBe(0);
    expect(screen).toContain('1 revision applied');
  });

  it('--on-interrupt detach asks nothing', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startOnTerminal(['development', '--on-interrupt', 'detach']);
    await program.shown(running);
    program.type(ctrlC);
    const { exitCode, screen } = await program.finished;
    expect(exitCode).toBe(130);
    expect(screen).not.toContain(question);
  });
});

describe('where nobody can be asked', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('%s detaches within 5 s with at most one more call, exit %i', async (signal, code) => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startLaunch(['development']);
    await program.said(running);
    const sentAtMs = Date.now();
    program.child.kill(signal);
    const { exitCode, stderr } = await program.finished;
    expect(exitCode).toBe(code);
    expect(Date.now() - sentAtMs).toBeLessThan(5_000);
    expect(stderr).toMatch(/task arn:aws:ecs:\S+\n/);
    expect(stderr).toMatch(/\$ launch-migration attach development [0-9a-f]{32}\n/);
    expect(site.aws.requests.filter(({ time }) => time > sentAtMs + 200).length).toBeLessThanOrEqual(1);
    expect(stops(site)).toEqual([]);
  });

  it('--on-interrupt stop stops the task and ends with the container’s code', async () => {
    const site = await createLaunchSite({ files: slow });
    const program = site.startLaunch(['development', '--on-interrupt', 'stop'], { env: { USER: 'ci' } });
    await program.said(running);
    program.child.kill('SIGTERM');
    const { exitCode, stderr } = await program.finished;
    expect(exitCode).toBe(143);
    expect(stderr).toMatch(/somebody stopped the task \("ci@\S+ via launch-migration"\)/);
    expect(stops(site)).toHaveLength(1);
  });

  it('a reader that has stopped reading does not hold up a detached launch', async () => {
    const site = await createLaunchSite({ files: chatty });
    const program = site.startLaunch(['development']);
    await program.said(running);
    program.child.stdout?.pause();
    program.child.stderr?.pause();
    await sleep(2_000);
    const sentAtMs = Date.now();
    program.child.kill('SIGTERM');
    const exitCode = await new Promise((done) => program.child.once('exit', done));
    expect(exitCode).toBe(143);
    expect(Date.now() - sentAtMs).toBeLessThan(5_000);
    program.child.stdout?.resume();
    program.child.stderr?.resume();
    await program.finished;
  });

  it('the next Ctrl-C leaves at once (130), whatever is still to be said', async () => {
    const site = await createLaunchSite({ files: chatty });
    const program = site.startLaunch(['development']);
    await program.said(running);
    program.child.stdout?.pause();
    program.child.stderr?.pause();
    await sleep(2_000);
    program.child.kill('SIGTERM');
    await sleep(later);
    program.child.kill('SIGINT');
    expect(await new Promise((done) => program.child.once('exit', done))).toBe(130);
    program.child.stdout?.resume();
    program.child.stderr?.resume();
    await program.finished;
  });

  it('a reader that has gone (| head) ends the printing, not the gate', async () => {
    const site = await createLaunchSite({ files: { ...threeRevisions } });
    const program = site.startLaunch(['development', '--', 'upgrade', '2099']);
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    const exitCode = await new Promise((done) => program.child.once('exit', done));
    expect(exitCode).toBe(2);
  });
});
