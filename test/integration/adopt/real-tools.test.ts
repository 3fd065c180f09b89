import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createSchemaProject } from '../../support/schema-project.ts';

const run = promisify(execFile);
const tools = ['knex@3.3.0', 'node-pg-migrate@9.0.0', 'dbmate@2.36.0', 'drizzle-orm@0.45.4', 'pg@8.23.1'];

interface RealTool {
  /** Migrations 1 and 2 as the tool wants them, by file name. */
  readonly migration: (number: number) => readonly [string, string];
  readonly more?: Readonly<Record<string, string>>;
  /** A program for Node in the folder beside `m`, where the migrations lie. */
  readonly program: string;
  /** What the tool calls it, where our name does not say it. */
  readonly header?: (number: number) => string;
}

const url = 'process.env.DATABASE_URL';
const realTools: Readonly<Record<string, RealTool>> = {
  knex: {
    migration: (number) => [
      `2026010100000${number}_create_${number}.cjs`,
      `exports.up = (knex) => knex.raw('CREATE TABLE t${number} (id int)'); exports.down = async () => {};`,
    ],
    program: `import knex from 'knex'; const it = knex({ client: 'pg', connection: ${url} });
      await it.migrate.latest({ directory: './m', loadExtensions: ['.cjs'] }); await it.destroy();`,
    header: (number) => `2026010100000${number}_create_${number}.cjs`,
  },
  'node-pg-migrate': {
    migration: (number) => [
      `17672256${number}0000_create-${number}.sql`,
      `-- Up Migration\nCREATE TABLE t${number} (id int);\n-- Down Migration\nDROP TABLE t${number};\n`,
    ],
    program: `import { runner } from 'node-pg-migrate';
      await runner({ databaseUrl: ${url}, dir: 'm', direction: 'up', migrationsTable: 'pgmigrations', log() {} });`,
    header: (number) => `17672256${number}0000_create-${number}`,
  },
  dbmate: {
    migration: (number) => [
      `2026010100000${number}_create_${number}.sql`,
      `-- migrate:up\nCREATE TABLE t${number} (id int);\n-- migrate:down\nDROP TABLE t${number};\n`,
    ],
    program: `import { execFileSync } from 'node:child_process';
      execFileSync('node_modules/.bin/dbmate', ['--url', ${url} + '?sslmode=disable', '-d', 'm', '--no-dump-schema', 'up']);`,
  },
  drizzle: {
    migration: (number) => [`000${number}_create.sql`, `CREATE TABLE t${number} (id int);`],
    more: {
      'meta/_journal.json': JSON.stringify({
        version: '7',
        dialect: 'postgresql',
        entries: [1, 2].map((number) => ({
          idx: number,
          version: '7',
          when: 1_767_225_600_000 + number,
          tag: `000${number}_create`,
          breakpoints: true,
        })),
      }),
    },
    program: `import { drizzle } from 'drizzle-orm/node-postgres'; import { migrate } from 'drizzle-orm/node-postgres/migrator';
      import pg from 'pg'; const pool = new pg.Pool({ connectionString: ${url} });
      await migrate(drizzle(pool), { migrationsFolder: 'm' }); await pool.end();`,
    header: (number) => String(1_767_225_600_000 + number),
  },
};

describe('migrate adopt <tool>: databases that the tool itself made', () => {
  let home = '';
  let missing: string | undefined;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'wumbo-tools-'));
    await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }');
    try {
      await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...tools], { cwd: home });
    } catch (error) {
      missing = error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error);
    }
  }, 240_000);
  afterAll(() => rm(home, { recursive: true, force: true }));

  test.each(Object.entries(realTools))('%s', async (tool, { migration, more = {}, program, header }) => {
    if (missing !== undefined) throw new Error(`npm cannot install the tools here: ${missing}`);
    const project = await createSchemaProject(
      Object.fromEntries(
        [1, 2, 3].map((number) => [
          `2026010100000${number}_create_${number}.sql`,
          `${header === undefined ? '' : `-- adopted: ${tool}:${header(number)}\n`}-- migrate:up\nCREATE TABLE t${number} (id int);\n-- migrate:down\nDROP TABLE t${number};\n`,
        ]),
      ),
    );
    await rm(join(home, 'm'), { recursive: true, force: true });
    await mkdir(join(home, 'm/meta'), { recursive: true });
    if (tool !== 'drizzle') await rm(join(home, 'm/meta'), { recursive: true });
    for (const [name, text] of [migration(1), migration(2), ...Object.entries(more)])
      await writeFile(join(home, 'm', name), text);
    await writeFile(join(home, 'run.mjs'), program);
    await run(process.execPath, ['run.mjs'], {
      cwd: home,
      env: { ...process.env, DATABASE_URL: project.database.url },
    });
    const { exitCode, stderr } = await project.migrate(['adopt', tool]);
    expect(stderr).toContain('(2 recorded, 0 removed)');
    expect(stderr).toContain('The schema is the one that these revisions build');
    expect(exitCode).toBe(0);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
  });
});
