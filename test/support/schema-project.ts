import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createDatabase } from './database.ts';
import { createProject, type MigrationProject } from './migrations.ts';
import type { ProgramResult } from './programs.ts';

/** A project with a desired schema, and a scratch server that runs already (starting one takes longer than the test). */
export interface SchemaProject extends MigrationProject {
  /** Writes a file of the desired schema. */
  readonly desire: (text: string, fileName?: string) => Promise<void>;
  /** Runs `migrate revision --autogenerate -m …` and more arguments. */
  readonly autogenerate: (...args: readonly string[]) => Promise<ProgramResult>;
  /** The texts of the revisions that are there beyond the first ones, by file name, in order. */
  readonly written: () => Promise<readonly { readonly name: string; readonly text: string }[]>;
}

export async function createSchemaProject(files: Readonly<Record<string, string>>): Promise<SchemaProject> {
  const project = await createProject(files);
  const scratch = await createDatabase();
  const env = { ...project.env, MIGRATE_SHADOW_URL: scratch.url };
  await mkdir(join(project.directory, 'schema'));
  const migrate: MigrationProject['migrate'] = (args, options = {}) =>
    project.migrate(args, { ...options, env: { ...env, ...options.env } });
  return {
    ...project,
    env,
    migrate,
    desire: (text, fileName = 'schema.sql') => writeFile(join(project.directory, 'schema', fileName), text),
    autogenerate: (...args) => migrate(['revision', '--autogenerate', '-m', 'change', ...args]),
    written: async () => {
      const names = (await readdir(project.migrations)).filter((name) => name.endsWith('.sql') && !(name in files));
      const texts = names.toSorted().map(async (name) => ({
        name: name.replace(/^\d+_/, ''),
        text: await readFile(join(project.migrations, name), 'utf8'),
      }));
      return Promise.all(texts);
    },
  };
}
