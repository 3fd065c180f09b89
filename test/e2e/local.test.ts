import { execFile } from 'node:child_process';
import { access, cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { projectDirectory, runProgram, type ProgramResult } from '../support/programs.ts';

const run = promisify(execFile);

/** The newcomer's commands, in their order, in a folder of their own. */
describe('launch-migration local', () => {
  let directory = '';
  const local = (...args: readonly string[]): Promise<ProgramResult> =>
    runProgram('launch-migration', ['local', ...args], { cwd: directory });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wumbo-newcomer-'));
    await cp(resolve(projectDirectory, 'migrations'), join(directory, 'migrations'), { recursive: true });
  });
  afterAll(async () => {
    await local('--stop');
    await rm(directory, { recursive: true, force: true });
  });

  it('applies Wumbo’s own revisions to an embedded PostgreSQL through the stand-in for AWS', async () => {
    const { exitCode, stdout, stderr } = await local();
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    for (const phase of ['provisioning', 'pulling', 'running']) expect(stderr).toContain(phase);
    expect(stderr).toMatch(/20251223142057_initial_schema in [\d.]+ m?s/);
    // Each phase has its line while the task goes on, not only in the summary.
    expect(stderr).toMatch(/^· provisioning/m);
    expect(stderr).toMatch(/^· (?:running|ran) \(.*starting [\d.]+ m?s\)$/m);
    expect(stderr).toContain('2 revisions applied');
    expect(stderr).toMatch(/psql -h 127\.0\.0\.1 -p \d+ -U wumbo_admin wumbo/);
  });

  it('then has nothing to do and says at which revision', async () => {
    const { exitCode, stderr } = await local();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Nothing to do, the database is at 20251223164703_add_plaid_models');
  });

  it('prints a psql command that works, and no password', async () => {
    const { stdout, stderr } = await local('--check-only');
    expect(stdout).toContain('nothing is pending');
    const [command] = /PGPASSFILE=.*$/m.exec(stderr) ?? [];
    const [, passFile = ''] = /PGPASSFILE=(\S+)/.exec(stderr) ?? [];
    expect((await stat(passFile)).mode & 0o077).toBe(0);
    if (!(await hasPsql())) {
      console.warn('psql is not installed: the printed psql command was not run.');
      return;
    }
    const { stdout: tables } = await run('sh', [
      '-c',
      `${command ?? ''} -Atc "SELECT count(*) FROM migrations.history"`,
    ]);
    expect(tables.trim()).toBe('2');
  });

  it('goes back one revision and shows the history', async () => {
    expect((await local('--downgrade', '1')).exitCode).toBe(0);
    const { exitCode, stdout } = await local('--', 'history', '-v');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /Rev: {6}20251223164703 \(head\)\n[\s\S]*Applied: {2}no, pending\n[\s\S]*Rev: {6}20251223142057 \(current\)/,
    );
  });

  it('plans what would run now, and runs exactly that', async () => {
    const { exitCode, stdout } = await local('--plan');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('The database is at 20251223142057_initial_schema; 1 revision would run.');
    expect(stdout).toContain('    SHARE ROW EXCLUSIVE on public.households, for a moment\n');
    const hash = /^plan hash: (\S+)$/m.exec(stdout)?.[1] ?? '';
    const ran = await local('--', 'upgrade', 'head', '--plan-hash', hash);
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stderr).toContain('1 revision applied');
  });

  it('--reset starts afresh', async () => {
    const { exitCode, stderr } = await local('--reset');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('2 revisions applied');
  });

  it('keeps its data in a folder that git ignores', async () => {
    await access(join(directory, '.wumbo-local'));
    const { stdout } = await run('git', ['check-ignore', '.wumbo-local/x'], { cwd: projectDirectory });
    expect(stdout).toContain('.wumbo-local');
  });
});

async function hasPsql(): Promise<boolean> {
  return run('psql', ['--version']).then(
    () => true,
    () => false,
  );
}
