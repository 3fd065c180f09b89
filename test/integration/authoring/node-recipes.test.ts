import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { projectDirectory } from '../../support/programs.ts';
import { createSchemaProject } from '../../support/schema-project.ts';

const run = promisify(execFile);
/** Pinned; installed by this test alone, since nothing else of ours needs them. */
const tools = ['drizzle-kit@0.31.11', 'drizzle-orm@0.45.4', 'sequelize@6.37.8', 'pg@8.23.1'];

const drizzleModels = `
import { integer, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
export const mood = pgEnum('mood', ['ok', 'sad']);
export const users = pgTable('users', { id: integer('id').primaryKey(), email: text('email').notNull(), mood: mood('mood') }, (table) => [
  uniqueIndex('users_email').on(table.email),
]);
`;
const sequelizeModels = `
import { DataTypes, Sequelize } from 'sequelize';
export const sequelize = new Sequelize({ dialect: 'postgres', logging: false });
const User = sequelize.define('User', { email: { type: DataTypes.STRING, allowNull: false, unique: true }, mood: DataTypes.ENUM('ok', 'sad') });
const Note = sequelize.define('Note', { body: DataTypes.TEXT }, { indexes: [{ fields: ['body'] }] });
Note.belongsTo(User);
`;

describe('recipes for models in JavaScript', () => {
  let home = '';
  let missing: string | undefined;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'wumbo-recipes-'));
    await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }');
    try {
      await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...tools], { cwd: home });
    } catch (error) {
      missing = error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error);
    }
  }, 240_000);
  afterAll(() => rm(home, { recursive: true, force: true }));

  const becomeRevisions = async (context: TestContext, command: string, expected: string): Promise<void> => {
    if (missing !== undefined) return context.skip(`npm cannot install the tools here: ${missing}`);
    const project = await createSchemaProject({});
    const asked = `cd ${home} && PATH="${home}/node_modules/.bin:$PATH" ${command}`;
    const { exitCode, stdout, stderr } = await project.autogenerate('--schema-command', asked);
    expect(exitCode, stdout + stderr).toBe(0);
    const texts = (await project.written()).map(({ text }) => text).join('\n');
    expect(texts).toContain(expected);
    const again = await project.migrate(['revision', '--autogenerate', '--check', '--schema-command', asked]);
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
  };

  test('Drizzle: drizzle-kit export', async (context) => {
    await writeFile(join(home, 'schema.ts'), drizzleModels);
    await becomeRevisions(
      context,
      'drizzle-kit export --dialect postgresql --schema schema.ts',
      "CREATE TYPE public.mood AS ENUM ('ok', 'sad');",
    );
  });

  test('Sequelize: docs/recipes/print_ddl.mjs', async (context) => {
    await writeFile(join(home, 'models.mjs'), sequelizeModels);
    const program = resolve(projectDirectory, 'docs/recipes/print_ddl.mjs');
    await becomeRevisions(context, `"${process.execPath}" ${program} models.mjs`, 'CREATE TABLE public."Notes"');
  });
});
