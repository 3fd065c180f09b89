import { open } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions, type MigrationProject } from '../../support/migrations.ts';
import { projectDirectory } from '../../support/programs.ts';

describe('an output that is full', () => {
  const onFullDisk = async (
    { directory, env }: MigrationProject,
    args: readonly string[],
  ): Promise<{ exitCode: number | null; stderr: string }> => {
    const full = await open('/dev/full', 'w');
    const child = spawn(process.execPath, [resolve(projectDirectory, 'dist/migrate.js'), ...args], {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', full.fd, 'pipe'],
    });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const exitCode = await new Promise<number | null>((done) => void child.on('close', done));
    await full.close();
    return { exitCode, stderr };
  };

  it.each([[['upgrade', '--sql']], [['history']], [['current', '--json']]])(
    '2: an answer that is cut short is no success: migrate %j > a full disk',
    async (args) => {
      const { exitCode, stderr } = await onFullDisk(await createProject(threeRevisions), args);
      expect(stderr).toContain('The answer is not complete: standard output cannot be written (ENOSPC)');
      expect(exitCode).toBe(2);
    },
  );

  it('0: a run has changed the database, whatever became of its events', async () => {
    const project = await createProject(threeRevisions);
    expect(await onFullDisk(project, ['upgrade', '--json'])).toMatchObject({ exitCode: 0 });
    expect((await project.migrate(['check'])).exitCode).toBe(0);
  });
});

describe('a folder in which nothing can be written', () => {
  it('2: revision names the file, and that is no bug of the program', async () => {
    const project = await createProject({});
    // Not even root may write there.
    const { exitCode, stderr } = await project.migrate(['revision', '-m', 'new one', '--migrations', '/sys/kernel']);
    expect(stderr).toMatch(/\/sys\/kernel\/\d+_new_one\.sql cannot be written or read: .+ \(E(?:ACCES|PERM|ROFS)\)/);
    expect(stderr).not.toContain('bug');
    expect(exitCode).toBe(2);
  });
});

describe('colours', () => {
  it.each([
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{}, false],
  ])('without a terminal, %j: %s', async (env, isPainted) => {
    const { migrate } = await createProject(threeRevisions);
    const { stderr } = await migrate(['upgrade'], { env });
    expect(stderr.includes('\u001b[')).toBe(isPainted);
  });
});

describe('a server that asks for a password when none is given', () => {
  it('8: is said at once, with the place where it belongs', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const url = new URL(database.url);
    url.password = '';
    const { exitCode, stderr } = await migrate(['check'], { env: { DATABASE_URL: url.href, PGPASSFILE: '/nowhere' } });
    expect(stderr).toContain('asks for the password of "postgres", and none was given');
    expect(stderr).toContain('Write it into DATABASE_URL, or set PGPASSWORD.');
    expect(stderr).not.toContain('Warning');
    expect(exitCode).toBe(8);
  });
});
