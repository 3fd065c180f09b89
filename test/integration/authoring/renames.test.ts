import { describe, expect, test } from 'vitest';

import { createSchemaProject, type SchemaProject } from '../../support/schema-project.ts';

/** A project at this schema, with these rows in its database. */
async function projectAt(current: string, rows: string): Promise<SchemaProject> {
  const project = await createSchemaProject({ '20260101000001_first.sql': `-- migrate:up\n${current}\n` });
  expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
  await project.database.query(rows);
  return project;
}

/** Writes the revisions, runs them, and back again; answers the text of all. */
async function changeAndBack(project: SchemaProject, look: string, ...args: readonly string[]): Promise<string> {
  const before = await project.database.query('SELECT * FROM old_rows');
  const { exitCode, stdout, stderr } = await project.autogenerate(...args);
  expect(exitCode, stdout + stderr).toBe(0);
  const upgraded = await project.migrate(['upgrade']);
  expect(upgraded.exitCode, upgraded.stderr).toBe(0);
  expect(await project.database.query(look)).toEqual([{ ok: true }]);
  expect((await project.migrate(['revision', '--autogenerate', '--check'])).exitCode).toBe(0);
  const reverted = await project.migrate(['downgrade', '20260101000001']);
  expect(reverted.exitCode, reverted.stderr).toBe(0);
  expect(await project.database.query('SELECT * FROM old_rows')).toEqual(before);
  return (await project.written()).map(({ text }) => text).join('\n');
}

describe('renames together with other changes keep every row', () => {
  test('a column that gets another type too', async () => {
    const view = (column: string): string => `CREATE VIEW old_rows AS SELECT id FROM accounts WHERE ${column} <> '';`;
    const project = await projectAt(
      `CREATE TABLE accounts (id int PRIMARY KEY, mail varchar(20)); ${view('mail')}`,
      "INSERT INTO accounts VALUES (1, 'a@example.org')",
    );
    await project.desire(`CREATE TABLE accounts (id int PRIMARY KEY, email text); ${view('email')}`);
    const asked = await project.autogenerate();
    expect(asked.stderr).toContain('column public.accounts.mail, perhaps now email: --rename accounts.mail=email');
    expect(asked.exitCode).toBe(2);
    const text = await changeAndBack(
      project,
      "SELECT email = 'a@example.org' AS ok FROM accounts",
      '--rename',
      'accounts.mail=email',
    );
    expect(text).toContain('RENAME COLUMN mail TO email');
    expect(text).not.toContain('DESTRUCTIVE');
    expect(text).not.toContain('DROP DEFAULT');
  });

  test('a table with a column, its keys, sequence and indexes; each under the old or the new name of the table', async () => {
    const schema = (table: string, column: string): string =>
      `CREATE TABLE ${table} (id serial PRIMARY KEY, ${column} text UNIQUE, boss int REFERENCES ${table});
       CREATE INDEX ${table}_boss ON ${table} (boss); CREATE VIEW old_rows AS SELECT id, boss FROM ${table};`;
    const project = await projectAt(schema('accounts', 'mail'), "INSERT INTO accounts (mail) VALUES ('a'), ('b')");
    await project.desire(schema('members', 'email'));
    for (const said of ['members.mail=email', 'accounts.mail=public.members.email']) {
      const { exitCode, stdout } = await project.autogenerate(
        '--check',
        '--rename',
        'accounts=members',
        '--rename',
        said,
      );
      expect(exitCode).toBe(11);
      expect(stdout).not.toContain('loses data');
    }
    const renames = ['--rename', 'accounts=members', '--rename', 'accounts.mail=email'];
    const text = await changeAndBack(project, "SELECT nextval('members_id_seq') = 3 AS ok", ...renames);
    expect(text).toContain('ALTER TABLE public.members RENAME CONSTRAINT accounts_pkey TO members_pkey;');
    expect(text).toContain('ALTER INDEX public.accounts_boss RENAME TO members_boss;');
    expect(text).not.toMatch(/DESTRUCTIVE|DROP|CREATE/);
  });

  test('a type and a label of it, in a column with a default and a view', async () => {
    const schema = (type: string, label: string): string =>
      `CREATE TYPE ${type} AS ENUM ('${label}', 'sad'); CREATE TABLE accounts (id int PRIMARY KEY, m ${type} DEFAULT '${label}');
       CREATE VIEW old_rows AS SELECT id, m FROM accounts WHERE m = '${label}';`;
    const project = await projectAt(schema('mood', 'ok'), 'INSERT INTO accounts VALUES (1)');
    await project.desire(
      `-- migrate:rename mood=feeling\n-- migrate:rename mood.ok=very fine, it’s a.b\n${schema('feeling', 'very fine, it’s a.b')}`,
    );
    const text = await changeAndBack(project, "SELECT m::text = 'very fine, it’s a.b' AS ok FROM accounts");
    expect(text).toContain('ALTER TYPE public.mood RENAME TO feeling;');
    expect(text).toContain("ALTER TYPE public.feeling RENAME VALUE 'ok' TO 'very fine, it’s a.b';");
  });

  test('names in another schema, with dots, capitals, quotes and equals signs', async () => {
    const schema = (table: string, column: string): string =>
      `CREATE SCHEMA "app.v1"; CREATE TABLE "app.v1".${table} (id int PRIMARY KEY, ${column} text);
       CREATE VIEW old_rows AS SELECT id FROM "app.v1".${table};`;
    const project = await projectAt(schema('"Old.Name"', '"a=b"'), `INSERT INTO "app.v1"."Old.Name" VALUES (1, 'x')`);
    await project.desire(
      `-- migrate:rename "app.v1"."Old.Name"."a=b"="c.d ""e"""\n${schema('"New.Name"', '"c.d ""e"""')}`,
    );
    await changeAndBack(
      project,
      `SELECT "c.d ""e""" = 'x' AS ok FROM "app.v1"."New.Name"`,
      '--rename',
      '"app.v1"."Old.Name"="New.Name"',
    );
  });

  test('a table that moves to another schema, which is new', async () => {
    const project = await projectAt(
      'CREATE TABLE accounts (id int PRIMARY KEY); CREATE VIEW old_rows AS SELECT id FROM accounts;',
      'INSERT INTO accounts VALUES (1)',
    );
    await project.desire(
      'CREATE SCHEMA app; CREATE TABLE app.members (id int PRIMARY KEY); CREATE VIEW old_rows AS SELECT id FROM app.members;',
    );
    const text = await changeAndBack(
      project,
      'SELECT id = 1 AS ok FROM app.members',
      '--rename',
      'accounts=app.members',
    );
    expect(text).toContain('ALTER TABLE public.accounts SET SCHEMA app;');
    expect(text).not.toContain('DESTRUCTIVE');
  });

  test('2: one that fits nothing is named with what is possible, in whichever round', async () => {
    const project = await projectAt('CREATE TABLE accounts (id int PRIMARY KEY, mail text);', 'SELECT 1');
    await project.desire('CREATE TABLE accounts (id int PRIMARY KEY, email text);');
    const { exitCode, stderr } = await project.autogenerate('--rename', 'accounts.mial=email', '--no-renames');
    expect(stderr).toContain('--rename accounts.mial=email fits nothing');
    expect(stderr).toContain('Possible here: public.accounts.mail=email.');
    expect(exitCode).toBe(2);
  });
});
