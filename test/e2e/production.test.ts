import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import { runInTerminal, type TerminalOptions, type TerminalProgram } from '../support/terminal/run-in-terminal.ts';

const question = /^Type production to go ahead:/;

async function openProduction(): Promise<{
  readonly site: LaunchSite;
  readonly begin: (args?: readonly string[], options?: TerminalOptions) => TerminalProgram;
  readonly tasksStarted: () => number;
}> {
  const site = await createLaunchSite({ files: threeRevisions });
  return {
    site,
    begin: (args = [], { env, ...options } = {}) =>
      runInTerminal('launch-migration', ['production', ...args], {
        columns: 120,
        cwd: site.directory,
        env: { ...site.launchEnv, NO_COLOR: '1', USER: 'ada', ...env },
        ...options,
      }),
    tasksStarted: () => site.aws.requests.filter(({ operation }) => operation === 'RunTask').length,
  };
}

describe('launch-migration production, on a terminal', () => {
  it('shows what runs where and as whom, and goes ahead when the name is typed', async () => {
    const { begin, tasksStarted } = await openProduction();
    const { screen, shows, type, finished } = begin(['--', 'upgrade', '+1']);
    await shows(question);
    expect(tasksStarted()).toBe(0);
    const text = screen.lines().join('\n');
    expect(text).toMatch(/^This changes production:$/m);
    expect(text).toMatch(/^ {2}command {3}migrate upgrade \+1$/m);
    expect(text).toMatch(/^ {2}revision {2}production-wumbo-migration:\d+$/m);
    expect(text).toMatch(/^ {2}image {5}\S+wumbo-migration:\S+$/m);
    expect(text).toMatch(/^ {2}cluster {3}production-wumbo-cluster$/m);
    expect(text).toMatch(/^ {2}account {3}\d{12}$/m);
    expect(text).toMatch(/^ {2}region {4}us-east-1$/m);
    expect(text).toMatch(/^ {2}subnets {3}subnet-\w+, subnet-\w+$/m);
    expect(text).toMatch(/^ {2}as {8}ada@\S+$/m);
    type('production\r');
    expect(await finished).toBe(0);
    expect(screen.lines().join('\n')).toContain('1 revision applied');
    expect(tasksStarted()).toBe(1);
  });

  it.each([
    ['another name', 'Production\r'],
    ['nothing', '\r'],
    ['Ctrl-D', '\u0004'],
    ['Ctrl-C', '\u0003'],
  ])('starts nothing after %s', async (_, keys) => {
    const { begin, tasksStarted } = await openProduction();
    const { screen, shows, type, finished } = begin();
    await shows(question);
    type(keys);
    expect(await finished).toBe(130);
    expect(screen.lines().join('\n')).toContain('nothing was started');
    expect(tasksStarted()).toBe(0);
  });

  it('asks nothing before --check-only, with --yes, and in CI', async () => {
    const { begin, tasksStarted } = await openProduction();
    const check = begin(['--check-only']);
    expect(await check.finished).toBe(3);
    const yes = begin(['--yes']);
    expect(await yes.finished).toBe(0);
    const ci = begin([], { env: { CI: 'true' } });
    expect(await ci.finished).toBe(0);
    for (const { sent } of [check, yes, ci]) expect(sent()).not.toContain('to go ahead');
    expect(tasksStarted()).toBe(3);
  });

  it('takes no answer from a pipe: an upgrade goes ahead, a downgrade needs --yes', async () => {
    const { site, begin, tasksStarted } = await openProduction();
    const stdin = join(site.directory, 'answers');
    await writeFile(stdin, 'production\n');
    const upgrade = begin([], { stdin });
    expect(await upgrade.finished).toBe(0);
    const downgrade = begin(['--downgrade', '1'], { stdin });
    expect(await downgrade.finished).toBe(2);
    expect(downgrade.screen.lines().join('\n')).toContain('--yes');
    expect(tasksStarted()).toBe(1);
  });
});
