import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createSchemaProject } from '../../support/schema-project.ts';
import { foreignDatabases, sqlFolders, tables, type ForeignName } from '../../support/foreign-tools.ts';

describe('migrate adopt <tool>: tables as the tools make them', () => {
  it.each(Object.entries(foreignDatabases))(
    '%s: what it applied is proved and recorded; the third revision is pending then',
    async (tool, { setup, headers = [] }) => {
      const project = await createSchemaProject(
        Object.fromEntries(
          tables.map(({ id, up, down }, index) => [
            `${id}_create_${index + 1}.sql`,
            `${headers[index] === undefined ? '' : `-- adopted: ${tool}:${headers[index]}\n`}-- migrate:up\n${up}\n-- migrate:down\n${down}\n`,
          ]),
        ),
      );
      const { migrate, database } = project;
      for (const { up } of tables.slice(0, 2)) await database.query(up);
      await database.query(setup);
      const detected = await migrate(['adopt']);
      expect(detected.stdout).toContain(`migrate adopt ${tool}\``);
      expect(detected.stdout.trim().split('\n')).toHaveLength(1);
      const { exitCode, stderr } = await migrate(['adopt', tool]);
      expect(stderr).toContain('(2 recorded, 0 removed)');
      expect(stderr).toContain('The schema is the one that these revisions build');
      expect(exitCode).toBe(0);
      expect((await migrate(['check'])).stdout).toContain('1 revision is pending');
      expect((await migrate(['upgrade'])).exitCode).toBe(0);
      expect((await migrate(['adopt', tool])).stderr).toContain('Nothing to do');
      expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    },
  );

  it.each([
    [
      'flyway',
      "UPDATE flyway_schema_history SET success = false WHERE version = '2'",
      '2 is failed (success is false)',
      5,
    ],
    ['golang-migrate', 'UPDATE schema_migrations SET dirty = true', '2 is dirty: it stopped half-way', 5],
    [
      'prisma',
      "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%2'",
      'failed: it was started and never finished',
      5,
    ],
    ['knex', 'UPDATE knex_migrations_lock SET is_locked = 1', 'its lock is taken', 5],
    [
      'sequelize',
      `INSERT INTO "SequelizeMeta" VALUES ('20990101000000-unknown.js')`,
      'Sequelize has applied 20990101000000-unknown.js',
      4,
    ],
    [
      'dbmate',
      "DELETE FROM schema_migrations WHERE version = '20260101000001'",
      'not 20260101000001_create_1, which sorts before it',
      5,
    ],
  ] as const)(
    '%s: what is not sound is refused with its reason, and nothing is recorded',
    async (tool, spoil, text, expectedExit) => {
      const { setup, headers = [] } = foreignDatabases[tool];
      const { migrate, database } = await createSchemaProject(
        Object.fromEntries(
          tables.map(({ id, up }, index) => [
            `${id}_create_${index + 1}.sql`,
            `${headers[index] === undefined ? '' : `-- adopted: ${tool}:${headers[index]}\n`}-- migrate:up\n${up}\n`,
          ]),
        ),
      );
      for (const { up } of tables.slice(0, 2)) await database.query(up);
      await database.query(`${setup}; ${spoil}`);
      const { exitCode, stderr } = await migrate(['adopt', tool]);
      expect(stderr).toContain(text);
      expect(exitCode).toBe(expectedExit);
      expect(await database.query("SELECT 1 FROM pg_namespace WHERE nspname = 'migrations'")).toEqual([]);
    },
  );

  it('what was undone does not count: flyway’s undo row, goose’s down row, prisma’s rolled-back try', async () => {
    for (const [tool, undone] of [
      [
        'flyway',
        "INSERT INTO flyway_schema_history VALUES (4, '2', 'create 2', 'UNDO_SQL', 'U2__create_2.sql', 1, 'me', now(), 1, true)",
      ],
      ['goose', 'INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, false)'],
      [
        'prisma',
        "UPDATE _prisma_migrations SET rolled_back_at = now(), finished_at = NULL WHERE migration_name LIKE '%2'",
      ],
    ] as const) {
      const { setup, headers = [] } = foreignDatabases[tool];
      const { migrate, database } = await createSchemaProject(
        Object.fromEntries(
          tables.map(({ id, up }, index) => [
            `${id}_create_${index + 1}.sql`,
            `${headers[index] === undefined ? '' : `-- adopted: ${tool}:${headers[index]}\n`}-- migrate:up\n${up}\n`,
          ]),
        ),
      );
      await database.query(`${tables[0]?.up ?? ''}; ${setup}; ${undone}`);
      const { stderr } = await migrate(['adopt', tool]);
      expect(stderr, tool).toContain('the record is at 20260101000001_create_1 (1 recorded');
    }
  });

  it('without any tool’s table it says so, and a named tool is refused with what is there', async () => {
    const { migrate, database } = await createSchemaProject({ '20260101000001_a.sql': '-- migrate:up\nSELECT 1;\n' });
    expect((await migrate(['adopt'])).stdout).toContain('there is nothing to take over');
    await database.query(foreignDatabases.goose.setup);
    const { exitCode, stderr } = await migrate(['adopt', 'flyway']);
    expect(stderr).toContain(
      'There is no table flyway_schema_history of Flyway in this database, but public.goose_db_version (goose)',
    );
    expect(exitCode).toBe(2);
    expect((await migrate(['adopt', 'flywya'])).stderr).toContain('did you mean "flyway"?');
  });
});

describe('migrate adopt <tool> --import: folders of plain SQL', () => {
  it.each(Object.entries(sqlFolders))(
    '%s: its files become revisions that are proved, and its database is taken over with them',
    async (tool, files) => {
      const { migrate, migrations, database } = await createSchemaProject({});
      const folder = await mkdtemp(join(tmpdir(), 'wumbo-foreign-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
      const imported = await migrate(['adopt', tool, '--import', folder]);
      expect(imported.exitCode, imported.stdout + imported.stderr).toBe(0);
      const names = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).toSorted();
      expect(names).toHaveLength(2);
      expect(await readFile(join(migrations, names[0] ?? ''), 'utf8')).toContain(`-- adopted: ${tool}:`);
      for (const { up } of tables.slice(0, 2)) await database.query(up);
      await database.query(foreignDatabases[tool as ForeignName].setup);
      const { exitCode, stderr } = await migrate(['adopt', tool]);
      expect(stderr).toContain('(2 recorded, 0 removed)');
      expect(exitCode).toBe(0);
    },
  );

  it.each([
    ['rails', {}, 'Migrations of rails are programs'],
    ['flyway', { 'V1__a.sql': 'SELECT 1;', 'R__view.sql': 'SELECT 1;' }, 'R__view.sql: a repeatable migration'],
    ['flyway', { 'V1__a.sql': "SELECT '${secret}';" }, 'has a block in which its SQL must be written by hand'],
    ['knex', {}, 'Migrations of knex are programs'],
    ['goose', { 'README.txt': 'x' }, 'holds no migration of goose that is plain SQL'],
  ] as const)('%s: what cannot be imported is named', async (tool, files, text) => {
    const { migrate } = await createSchemaProject({});
    const folder = await mkdtemp(join(tmpdir(), 'wumbo-foreign-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const { stdout, stderr } = await migrate(['adopt', tool, '--import', folder]);
    expect(stdout + stderr).toContain(text);
  });
});
