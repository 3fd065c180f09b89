import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

import { projectDirectory, runProgram } from '../support/programs.ts';
import { runInTerminal } from '../support/terminal/run-in-terminal.ts';

/** What differs from run to run: durations, ids, ports, paths, digests. */
function masked(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line
      .replace(/\d+(?:\.\d+)? (?:ms|s)\b/g, 'TIME')
      .replace(/[0-9a-f]{32,64}/g, 'ID')
      .replace(/(127\.0\.0\.1:|-p )\d+/g, '$1PORT')
      .replace(/PGPASSFILE=\S+/, 'PGPASSFILE=FILE')
      .trimEnd(),
  );
}

it('README.md shows a session as it is', async () => {
  const readme = await readFile(resolve(projectDirectory, 'README.md'), 'utf8');
  const [, block = ''] = /## What it looks like\n[\s\S]*?```console\n([\s\S]*?)```/.exec(readme) ?? [];
  const [command = '', ...shown] = block.trimEnd().split('\n');
  expect(command).toBe('$ npx launch-migration local');

  const directory = await mkdtemp(join(tmpdir(), 'wumbo-session-'));
  onTestFinished(async () => {
    await runProgram('launch-migration', ['local', '--stop'], { cwd: directory });
    await rm(directory, { recursive: true, force: true });
  });
  await cp(resolve(projectDirectory, 'migrations'), join(directory, 'migrations'), { recursive: true });
  const { screen, finished } = runInTerminal('launch-migration', ['local'], { columns: 200, rows: 40, cwd: directory });
  expect(await finished).toBe(0);
  expect(masked(shown)).toEqual(masked(screen.lines()));
});
