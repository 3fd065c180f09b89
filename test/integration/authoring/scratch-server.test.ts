import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

import { withScratchServer } from '../../../src/authoring/scratch/scratch-server.ts';
import { withScratchSession } from '../../../src/authoring/scratch/scratch-session.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';
import { runProgram } from '../../support/programs.ts';

it('a scratch server of our own holds the locks of a down that drops 5,000 tables in one transaction', async () => {
  const temporaryDirectory = await mkdtemp(join(tmpdir(), 'wumbo-locks-'));
  onTestFinished(() => rm(temporaryDirectory, { recursive: true, force: true }));
  const { platform, arch, pid } = process;
  const machine = { platform, arch, pid, uid: process.getuid?.(), isAlive: () => true };
  const held = await withScratchServer(
    { shadowUrl: undefined, environment: {}, machine, temporaryDirectory },
    async ({ createDatabase }) => {
      const { connection } = await createDatabase();
      return withScratchSession(connection, async (session) => {
        // A dozen for each: the table, its indexes, its TOAST table, and objects that depend on them.
        const { rows } = await session.query<{ held: string }>(
          'SELECT count(pg_advisory_xact_lock(number)) AS held FROM generate_series(1, 5000 * 12) AS number',
        );
        return rows[0]?.held;
      });
    },
  );
  expect(held).toBe('60000');
});

it('where no scratch server can run, as in the image, the way out is named (2), and lint judges the text alone', async () => {
  const { directory } = await createProject(threeRevisions);
  const inImage = (...args: readonly string[]) =>
    runProgram('migrate', args, { cwd: directory, env: { TMPDIR: '/nowhere/that/exists' } });
  for (const args of [['test'], ['dump', '--revisions'], ['squash', '--to', '-1', '-m', 'baseline']]) {
    const { exitCode, stderr } = await inImage(...args);
    expect(stderr).toMatch(/No scratch server can run here[^]*--shadow-url/);
    expect(exitCode).toBe(2);
  }
  const { stdout, stderr } = await inImage('lint');
  expect(stdout + stderr).toContain('The revisions were judged by their text alone.');
});
