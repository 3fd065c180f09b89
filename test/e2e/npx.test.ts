import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { projectDirectory } from '../support/programs.ts';
import { hasTerminals, startOnTerminal, type TerminalProgram } from '../support/terminal.ts';

const slow = {
  '20260101000001_slow.sql': '-- migrate:up\nSELECT pg_sleep(600);\n-- migrate:down\nSELECT 1;\n',
} as const;
const question = 'd, s or c? ';
const ctrlC = '\x03';

/** The launcher as people start it: `npx launch-migration`, from a project that has the package, on a terminal. */
async function startThroughNpx(): Promise<TerminalProgram> {
  const { directory, launchEnv } = await createLaunchSite({ files: slow });
  await mkdir(join(directory, 'node_modules/.bin'), { recursive: true });
  await symlink(
    resolve(projectDirectory, 'dist/launch-migration.js'),
    join(directory, 'node_modules/.bin/launch-migration'),
  );
  return startOnTerminal(['npx', '--no-install', 'launch-migration'], ['development'], {
    cwd: directory,
    env: { ...launchEnv, npm_config_update_notifier: 'false' },
  });
}

describe.skipIf(!hasTerminals)('Ctrl-C through npx', () => {
  it('is one question, and its answer ends both programs with the launcher’s exit code', async () => {
    const program = await startThroughNpx();
    await program.shown(/1 revision to apply|1\/1/);
    program.type(ctrlC);
    await program.shown(question);
    await sleep(1_500);
    expect(program.screen()).not.toContain('detached');
    program.type('d\n');
    const { exitCode, screen } = await program.finished;
    expect(screen).toMatch(/launch-migration attach development [0-9a-f]{32}/);
    expect(screen.split(question)).toHaveLength(2);
    expect(exitCode).toBe(130);
  });
});
