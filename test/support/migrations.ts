import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { createDatabase, type TestDatabase } from './database.ts';
import { runProgram, startProgram, type ProgramOptions, type ProgramResult, type RunningProgram } from './programs.ts';

/** A project folder with revisions and a database of its own, and `migrate` to run on both. */
export interface MigrationProject {
  readonly directory: string;
  readonly migrations: string;
  readonly database: TestDatabase;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a revision file; the lock file is rewritten by `lock()`. */
  readonly write: (fileName: string, text: string) => Promise<void>;
  readonly lock: () => Promise<void>;
  readonly migrate: (args: readonly string[], options?: ProgramOptions) => Promise<ProgramResult>;
  readonly startMigrate: (args: readonly string[], options?: ProgramOptions) => RunningProgram;
}

/** Makes a project with these revision files, locked. */
export async function createProject(files: Readonly<Record<string, string>>): Promise<MigrationProject> {
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-project-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const database = await createDatabase();
  const migrations = join(directory, 'migrations');
  await mkdir(migrations);
  const env = { DATABASE_URL: database.url };
  const write = (fileName: string, text: string): Promise<void> => writeFile(join(migrations, fileName), text);
  const migrate = (args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> =>
    runProgram('migrate', args, { cwd: directory, ...options, env: { ...env, ...options.env } });
  const startMigrate = (args: readonly string[], options: ProgramOptions = {}): RunningProgram =>
    startProgram('migrate', args, { cwd: directory, ...options, env: { ...env, ...options.env } });
  const lock = async (): Promise<void> => {
    const { exitCode, stderr } = await migrate(['lock']);
    if (exitCode !== 0) throw new Error(`migrate lock failed: ${stderr}`);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  if (Object.keys(files).length > 0) await lock();
  return { directory, migrations, database, env, write, lock, migrate, startMigrate };
}

/** Three small revisions that depend on each other. */
export const threeRevisions = {
  '20260101000001_create_accounts.sql':
    '-- migrate:up\nCREATE TABLE accounts (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE accounts;\n',
  '20260101000002_add_email.sql':
    '-- migrate:up\nALTER TABLE accounts ADD COLUMN email text;\n-- migrate:down\nALTER TABLE accounts DROP COLUMN email;\n',
  '20260101000003_index_email.sql':
    '-- migrate:up\nCREATE INDEX accounts_email ON accounts (email);\n-- migrate:down\nDROP INDEX accounts_email;\n',
} as const;

/** The run events of an NDJSON output; other lines are left out. */
export function eventsOf(output: string): readonly (Record<string, unknown> & { event: string })[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{"time"'))
    .map((line) => JSON.parse(line) as Record<string, unknown> & { event: string });
}
