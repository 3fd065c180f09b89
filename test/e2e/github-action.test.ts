import { spawn } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { threeRevisions } from '../support/migrations.ts';
import { projectDirectory, type ProgramResult } from '../support/programs.ts';

interface Step {
  readonly id?: string;
  readonly run?: string;
}

const scripts = [
  ['action.yml', async () => stepsOf((await yaml('action.yml')) as { runs: { steps: Step[] } })],
  [
    '.github/workflows/migrate.yml',
    async () => {
      const { jobs } = (await yaml('.github/workflows/migrate.yml')) as { jobs: { migrate: { steps: Step[] } } };
      return stepsOf({ runs: jobs.migrate });
    },
  ],
] as const;

describe.each(scripts)('the script of %s', (_, readScript) => {
  it.each([
    ['', 0, ['upgrade head']],
    ['check', 3, ['check']],
    ['history -v', 0, ['history -v']],
  ])('hands the command "%s" to the launcher', async (command, exitCode, expected) => {
    const site = await createLaunchSite({ files: threeRevisions });
    const result = await runStep(site, await readScript(), { ENVIRONMENT: 'development', COMMAND: command });
    expect(result.exitCode, result.stderr).toBe(exitCode);
    expect(commandsOf(site)).toEqual(command === '' ? [undefined] : expected);
  });

  it.each(['development; touch owned', '$(touch owned)', '`touch owned`', 'development" && touch owned #'])(
    'an environment named %s is a wrong name and not a command',
    async (environment) => {
      const site = await createLaunchSite({ files: threeRevisions });
      const result = await runStep(site, await readScript(), { ENVIRONMENT: environment, COMMAND: '' });
      expect(result.exitCode).toBe(2);
      await expect(readFile(join(site.directory, 'owned'))).rejects.toThrow('ENOENT');
    },
  );

  it('a command full of shell is words for migrate, which refuses them', async () => {
    const site = await createLaunchSite({ files: threeRevisions });
    const hostile = '$(touch owned) ; touch owned && `touch owned` *';
    const result = await runStep(site, await readScript(), { ENVIRONMENT: 'development', COMMAND: hostile });
    expect(result.exitCode).not.toBe(0);
    await expect(readFile(join(site.directory, 'owned'))).rejects.toThrow('ENOENT');
  });
});

async function yaml(path: string): Promise<unknown> {
  return parse(await readFile(resolve(projectDirectory, path), 'utf8'));
}

function stepsOf({ runs }: { readonly runs: { readonly steps: readonly Step[] } }): string {
  return runs.steps.find(({ id }) => id === 'launch')?.run ?? '';
}

/** The words of each task that was started; `undefined` when it runs its own default. */
function commandsOf({ aws }: LaunchSite): readonly (string | undefined)[] {
  return aws.requests
    .filter(({ operation }) => operation === 'RunTask')
    .map(({ parameters }) => {
      const { overrides } = parameters as { overrides?: { containerOverrides: { command: string[] }[] } };
      return overrides?.containerOverrides[0]?.command.join(' ');
    });
}

/** Runs the step as GitHub's runner does, with the built launcher where npm would have put it. */
async function runStep(
  { aws, directory }: LaunchSite,
  script: string,
  inputs: Readonly<Record<string, string>>,
): Promise<ProgramResult> {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  await symlink(resolve(projectDirectory, 'dist/launch-migration.js'), join(bin, 'launch-migration'));
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: directory,
    env: {
      ...inputs,
      PATH: `${bin}:${join(projectDirectory, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      LAUNCH_MIGRATION_POLL_MS: '50',
      LAUNCH_MIGRATION_QUIET_MS: '3000',
      LAUNCH_MIGRATION_YES: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  return new Promise((done) => {
    child.on('close', (exitCode, signal) => done({ exitCode, signal, stdout, stderr }));
  });
}
