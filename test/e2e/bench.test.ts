import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { parts } from '../../bench/parts/all.ts';
import { formatResults } from '../../bench/report.ts';
import type { PartResult } from '../../bench/results.ts';
import { runCommand } from '../support/docker.ts';
import { projectDirectory } from '../support/programs.ts';

const hasTime = existsSync('/usr/bin/time');
if (!hasTime) console.warn('GNU time is not installed (apt-get install time), so bench/ is not tried');

const bench = (...args: readonly string[]): ReturnType<typeof runCommand> =>
  runCommand([process.execPath, 'bench/main.ts', ...args]);

// Whether it still works, not how fast anything is: the amounts are tiny, and other tests run beside it.
describe.skipIf(!hasTime)('npm run bench', () => {
  let results: readonly PartResult[] = [];
  let said = '';

  beforeAll(async () => {
    const { exitCode, stdout, stderr } = await bench('--tiny', '--json', '--no-install');
    said = stderr;
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`);
    results = (JSON.parse(stdout) as { parts: PartResult[] }).parts;
  }, 600_000);

  it.each(parts)('$name gives rows, and ours are measured in every table', ({ name }) => {
    const result = results.find(({ part }) => part === name);
    expect(result?.failure).toBeUndefined();
    expect(result?.tables.length, said).toBeGreaterThan(0);
    for (const { title, rows, notes } of result?.tables ?? []) {
      const isMissing = notes.some((note) => note.startsWith('Not measured: '));
      expect(rows.length > 0 || isMissing, title).toBe(true);
      const ours = rows.filter(([tool = '']) => /^(migrate|launch-migration)\b/.test(tool));
      for (const row of ours) expect(row[1], `${title}: ${notes.join('\n')}`).toMatch(/^\d+$/);
    }
  });

  it('holds figures against the budgets of runner and launcher, and of the image where there is an engine', () => {
    const figures = Object.assign({}, ...results.map((result) => result.figures)) as PartResult['figures'];
    expect(figures).toMatchObject({ 'trips-wumbo': 3, 'trips-explicit': 2, 'lines-lost': 0, 'lines-twice': 0 });
    expect(figures['trips-per-revision']).toBe(1);
    expect(figures['inserts-peak-mib']).toBeGreaterThan(30);
  });

  it('makes a page of the results', () => {
    const order = parts.map(({ name }) => name);
    const page = formatResults(results, order);
    for (const name of order) expect(page).toContain(`\n## ${name}\n`);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  it('says which parts and tools there are, and refuses a part that there is not', async () => {
    const [help, list, peers, unknown] = [
      await bench('--help'),
      await bench('--list'),
      await bench('--peers'),
      await bench('lancher'),
    ];
    expect(help.stdout).toContain('--quick');
    expect(list.stdout.split('\n').filter(Boolean)).toHaveLength(parts.length);
    expect(peers.stdout).toMatch(/^sqitch +(\d|absent: apt-get install sqitch)/m);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unknown.stderr).toContain('Did you mean "launcher"?');
  });
});

it.skipIf(!hasTime)('a bench that is stopped in the middle leaves no server and no file behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wumbo-bench-'));
  // The server runs as another user, who must find it.
  await chmod(folder, 0o755);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, ['bench/main.ts', 'nothing-pending', '--tiny', '--no-install'], {
    cwd: projectDirectory,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  let talk = '';
  for await (const chunk of child.stderr.setEncoding('utf8')) {
    talk += String(chunk);
    if (/: \d+ ms/.test(talk) && child.exitCode === null) child.kill('SIGINT');
  }
  expect(await closed, talk).toEqual([130, null]);
  expect(await readdir(folder)).toEqual([]);
});
