import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import { runInTerminal, type TerminalOptions, type TerminalProgram } from '../support/terminal/run-in-terminal.ts';

const spinner = /[⠋⠙⠸⠴⠦⠇]/;
const eraseBelow = '\u001b[J';

/** Launches three quick revisions and one that talks and takes its time. */
async function launchSlowly(
  seconds: number,
  args: readonly string[] = [],
  options: (directory: string) => TerminalOptions = () => ({}),
): Promise<TerminalProgram & { readonly directory: string }> {
  const { launchEnv, directory } = await createLaunchSite({
    files: {
      ...threeRevisions,
      '20260101000004_slow.ts': `export const up = async ({ log }) => {
        for (let line = 1; line <= 40; line += 1) log('working on it, line ' + line);
        process.stdout.write('raw 日本語 🚀 ' + 'x'.repeat(200) + ' end of a long line\\n');
        await new Promise((next) => setTimeout(next, ${seconds * 1_000}));
        for (let line = 41; line <= 50; line += 1) process.stdout.write('working on it, line ' + line + '\\n');
      };`,
    },
  });
  const { env, ...rest } = options(directory);
  const program = runInTerminal('launch-migration', ['development', ...args], {
    cwd: directory,
    env: { ...launchEnv, ...env },
    ...rest,
  });
  return { ...program, directory };
}

function linesSeen(text: string): readonly number[] {
  return [...text.matchAll(/working on it, line (\d+)$/gm)].map(([, number]) => Number(number));
}
const allLines = Array.from({ length: 50 }, (_, index) => index + 1);

describe('launch-migration on a terminal', () => {
  it('shows below the log what is under way, and leaves only the log and the summary', async () => {
    const { screen, shows, finished, sent } = await launchSlowly(3);
    await shows(/revision 4 of 4: applying 20260101000004_slow, [12] s/);
    await shows(/^[⠋⠙⠸⠴⠦⠇] running \d s · elapsed/);
    const status = screen.visible().findIndex((line) => spinner.test(line));
    // The log is above, an empty line between, and the cursor rests there.
    expect(screen.visible()[status - 1]).toBe('');
    expect(screen.cursor()).toEqual({ row: status - 1, column: 0 });
    expect(await finished).toBe(0);
    const text = screen.lines().join('\n');
    expect(text).not.toMatch(spinner);
    expect(text).toContain('✓ 3/4 applied 20260101000003_index_email');
    expect(text).toMatch(/^✓ succeeded$/m);
    expect(text).toContain('end of a long line');
    expect(linesSeen(text)).toEqual(allLines);
    // Ten pictures a second at most, in a launch of less than ten seconds.
    expect(sent().split('\u001b[?7l').length).toBeLessThan(100);
  });

  it.each(['cut', 'reflow'] as const)(
    'survives a terminal that becomes narrow and low, and wide again: %s',
    async (onResize) => {
      const { screen, shows, finished, resize } = await launchSlowly(4, [], () => ({ onResize }));
      await shows(/revision 4 of 4: applying 20260101000004_slow, 1 s/);
      resize(30, 6);
      await shows(/^ {2}revision 4 of 4: applying .*…$/);
      expect(screen.visible().every((line) => line.length <= 30)).toBe(true);
      resize(120, 40);
      await shows(/revision 4 of 4: applying 20260101000004_slow, [23] s/);
      expect(await finished).toBe(0);
      const text = screen.lines().join('\n');
      expect(text).toMatch(/^✓ succeeded$/m);
      expect(linesSeen(text)).toEqual(allLines);
      expect(text).not.toMatch(spinner);
    },
  );

  it('bears with somebody who presses Enter or types while it draws: no line of the status stays', async () => {
    const { screen, shows, finished, type } = await launchSlowly(3);
    await shows(/revision 4 of 4: applying 20260101000004_slow, 1 s/);
    type('\n');
    await shows(/revision 4 of 4: applying 20260101000004_slow, 2 s/);
    type('is it done?\n');
    expect(await finished).toBe(0);
    const text = screen.lines().join('\n');
    expect(text).not.toMatch(spinner);
    expect(text).not.toContain('applying 20260101000004_slow');
    expect(linesSeen(text)).toEqual(allLines);
  });

  it('keeps what is saved free of the status, while the terminal shows it', async () => {
    const { screen, shows, finished, directory } = await launchSlowly(2, [], (directory) => ({
      stdout: join(directory, 'saved.log'),
    }));
    await shows(/revision 4 of 4: applying 20260101000004_slow, 1 s/);
    expect(await finished).toBe(0);
    const saved = await readFile(join(directory, 'saved.log'), 'utf8');
    expect(linesSeen(saved)).toEqual(allLines.slice(40));
    expect(saved).toMatch(/^raw 日本語 🚀 x{200} end of a long line\nworking on it, line 41\n/);
    expect(saved).not.toContain('\u001b');
    expect(screen.lines().join('\n')).not.toContain('raw ');
  });

  it('leaves a clean terminal when the launch is interrupted by SIGTERM', async () => {
    const { screen, shows, finished, signal, sent } = await launchSlowly(6);
    await shows(/revision 4 of 4: applying 20260101000004_slow, 1 s/);
    signal(15);
    expect(await finished).toBe(143);
    const text = screen.lines().join('\n');
    expect(text).not.toMatch(spinner);
    expect(text).toMatch(/^! detached, exit code 143/m);
    expect(sent().lastIndexOf('\u001b[?7h')).toBeGreaterThan(sent().lastIndexOf('\u001b[?7l'));
  });

  it.each([
    ['in CI', [], { CI: 'true' }],
    ['on a dumb terminal', [], { TERM: 'dumb' }],
    ['with --quiet', ['--quiet'], {}],
    ['with --json', ['--json'], {}],
  ] as const)('moves nothing %s', async (_, args, env) => {
    const { finished, sent } = await launchSlowly(1, args, () => ({ env }));
    expect(await finished).toBe(0);
    expect(sent()).not.toContain(eraseBelow);
    expect(sent()).not.toMatch(spinner);
  });

  it('hides the console’s addresses behind words where the terminal can show links', async () => {
    const { screen, finished } = await launchSlowly(0, [], () => ({ env: { FORCE_HYPERLINK: '1' } }));
    expect(await finished).toBe(0);
    expect(screen.lines()).toContain('  AWS console: task, log');
    expect(screen.links()).toEqual([
      expect.stringContaining(
        'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/development-wumbo-cluster/tasks/',
      ),
      expect.stringContaining(
        '#logsV2:log-groups/log-group/$252Faws$252Fecs$252Fdevelopment-wumbo-cluster$252Fmigration/',
      ),
    ]);
  });
});
