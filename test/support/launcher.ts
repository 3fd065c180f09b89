import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';

import type { Account, DockerImage } from '../../src/local-aws/account.ts';
import type { FaultPlan } from '../../src/local-aws/faults/faults.ts';
import type { Intercept } from '../../src/local-aws/interception.ts';
import { startLocalAws, type LocalAws } from '../../src/local-aws/server.ts';
import { wumboAccount } from '../../src/local-aws/wumbo/wumbo-account.ts';
import type { WumboEnvironment } from '../../src/local-aws/wumbo/wumbo-environment.ts';
import { createProject, type MigrationProject } from './migrations.ts';
import {
  projectDirectory,
  runProgram,
  startProgram,
  type ProgramOptions,
  type ProgramResult,
  type RunningProgram,
} from './programs.ts';
import { startOnTerminal, type TerminalProgram } from './terminal.ts';

/** An AWS account in which `development` and `production` run the built `migrate` on this test's database. */
export interface LaunchSite extends MigrationProject {
  readonly aws: LocalAws;
  /** Runs the built launcher to its end. */
  readonly launch: (args: readonly string[], options?: ProgramOptions) => Promise<ProgramResult>;
  readonly startLaunch: (args: readonly string[], options?: ProgramOptions) => RunningProgram;
  /** The same on a pseudo-terminal. */
  readonly startOnTerminal: (args: readonly string[], options?: ProgramOptions) => TerminalProgram;
  /** The environment that leads the launcher here. */
  readonly launchEnv: Readonly<Record<string, string>>;
}

export interface LaunchSiteOptions {
  readonly files: Readonly<Record<string, string>>;
  /** Changes to both environments. */
  readonly environment?: Partial<WumboEnvironment>;
  readonly intercept?: Intercept;
  /** An image of a Docker engine, whose containers run instead of the built `migrate`. */
  readonly docker?: DockerImage;
  readonly faults?: FaultPlan;
  readonly logDelayMs?: number;
  readonly paceMs?: number;
  /** Who may call; a second key stands for a new login. */
  readonly accessKeys?: Account['accessKeys'];
}

export async function createLaunchSite({
  files,
  environment = {},
  accessKeys = { local: { secretAccessKey: 'local' } },
  docker,
  ...options
}: LaunchSiteOptions): Promise<LaunchSite> {
  const project = await createProject(files);
  const url = new URL(project.database.url);
  const database = {
    username: url.username,
    password: decodeURIComponent(url.password),
    host: url.hostname,
    port: Number(url.port),
    dbname: url.pathname.slice(1),
  };
  const account = wumboAccount({
    accessKeys,
    environments: ['development', 'production'].map((name) => ({ name, database, ...environment })),
    images: {
      'wumbo-migration': docker ?? {
        entrypoint: [process.execPath, resolve(projectDirectory, 'dist/migrate.js')],
        command: ['upgrade', 'head'],
        environment: { MIGRATE_CONTAINER: 'true' },
        workingDirectory: project.directory,
      },
    },
  });
  const aws = await startLocalAws({ account, paceMs: 10, logDelayMs: 20, closeGraceMs: 500, ...options });
  onTestFinished(() => aws.close());
  const env = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    LAUNCH_MIGRATION_POLL_MS: '50',
    LAUNCH_MIGRATION_QUIET_MS: '3000',
    LAUNCH_MIGRATION_RETRY_MS: '50',
  };
  const withEnv = (given: ProgramOptions = {}): ProgramOptions => ({
    cwd: project.directory,
    ...given,
    env: { ...env, ...given.env },
  });
  return {
    ...project,
    aws,
    launch: (args, given) => runProgram('launch-migration', args, withEnv(given)),
    launchEnv: env,
    startLaunch: (args, given) => startProgram('launch-migration', args, withEnv(given)),
    startOnTerminal: (args, given) => startOnTerminal('launch-migration', args, withEnv(given)),
  };
}
