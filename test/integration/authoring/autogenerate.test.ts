import { describe, expect, test } from 'vitest';

import { createSchemaProject } from '../../support/schema-project.ts';

const accounts =
  '-- migrate:up\nCREATE TABLE accounts (id int PRIMARY KEY, mail text, age text);\n-- migrate:down\nDROP TABLE accounts;\n';
const files = { '20260101000001_create_accounts.sql': accounts };
const same = 'CREATE TABLE accounts (id int PRIMARY KEY, mail text, age text);';

describe('revision --autogenerate', () => {
  test('says that there is nothing to change, and writes nothing', async () => {
    const project = await createSchemaProject(files);
    await project.desire(same);
    const { exitCode, stdout } = await project.autogenerate();
    expect(stdout).toContain('Nothing to change');
    expect(exitCode).toBe(0);
    expect(await project.written()).toEqual([]);
  });

  test('writes up and down, which the runner applies and which lead back', async () => {
    const project = await createSchemaProject(files);
    await project.desire(
      `${same} CREATE TABLE notes (id int PRIMARY KEY, account_id int REFERENCES accounts, body text NOT NULL);`,
    );
    const { exitCode, stdout } = await project.autogenerate();
    expect(stdout).toContain('+ table public.notes');
    expect(exitCode).toBe(0);
    const [revision] = await project.written();
    expect(revision?.name).toBe('change.sql');
    expect(revision?.text).toContain('up and down were proved on PostgreSQL 16');
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    expect((await project.autogenerate('--check')).exitCode).toBe(0);
    const tested = await project.migrate(['test']);
    expect(tested.stdout).toContain('2 of 2 went up, down and up again without a difference');
  });

  test('11: --check finds a difference, shows it and writes nothing', async () => {
    const project = await createSchemaProject(files);
    await project.desire(same.replace('mail text', 'mail text NOT NULL'));
    const { exitCode, stdout } = await project.autogenerate('--check');
    expect(stdout).toContain('~ column public.accounts.mail\n      not null: none → yes');
    expect(exitCode).toBe(11);
    expect(await project.written()).toEqual([]);
  });

  test('an index, a constraint and NOT NULL of an existing table come in the form that locks nobody out for long', async () => {
    const project = await createSchemaProject(files);
    await project.desire(
      `CREATE TABLE accounts (id int PRIMARY KEY, mail text NOT NULL, age text UNIQUE, CONSTRAINT has_id CHECK (id > 0));
       CREATE INDEX accounts_mail ON accounts (mail);`,
    );
    const { exitCode, stdout } = await project.autogenerate();
    expect(exitCode, stdout).toBe(0);
    const written = await project.written();
    expect(written.map(({ name }) => name)).toEqual(['change_expand.sql', 'change_indexes.sql', 'change_validate.sql']);
    const [expand, indexes, validate] = written.map(({ text }) => text);
    expect(expand).toContain('CHECK ((id > 0)) NOT VALID;');
    expect(expand).toContain('CHECK (mail IS NOT NULL) NOT VALID;');
    expect(indexes).toContain('-- migrate:up transaction:false');
    expect(indexes).toContain('CREATE INDEX CONCURRENTLY accounts_mail');
    expect(indexes).toContain('CREATE UNIQUE INDEX CONCURRENTLY accounts_age_key');
    expect(validate).toContain('VALIDATE CONSTRAINT has_id;');
    expect(validate).toContain('ALTER COLUMN mail SET NOT NULL;');
    expect(validate).toContain('UNIQUE USING INDEX accounts_age_key;');
    expect((await project.migrate(['test'])).exitCode).toBe(0);
  });

  test('an index that becomes another under its name stays until the new one is there', async () => {
    const index = 'CREATE INDEX by_mail ON accounts (mail);';
    const project = await createSchemaProject({
      '20260101000001_create_accounts.sql': accounts.replace('text);', `text); ${index}`),
    });
    await project.desire(`${same} CREATE INDEX by_mail ON accounts (mail, age);`);
    const { exitCode, stdout } = await project.autogenerate();
    expect(exitCode, stdout).toBe(0);
    const [revision] = await project.written();
    expect(revision?.text).toContain(
      [
        'CREATE INDEX CONCURRENTLY by_mail__new ON public.accounts (mail, age);\n',
        'DROP INDEX CONCURRENTLY public.by_mail;\n',
        'ALTER INDEX public.by_mail__new RENAME TO by_mail;',
      ].join('\n'),
    );
  });

  test('--plain writes one revision in the short form', async () => {
    const project = await createSchemaProject(files);
    await project.desire(`${same} CREATE INDEX accounts_mail ON accounts (mail);`);
    expect((await project.autogenerate('--plain')).exitCode).toBe(0);
    const [revision, ...more] = await project.written();
    expect(more).toEqual([]);
    expect(revision?.text).toMatch(/^CREATE INDEX accounts_mail ON public\.accounts/m);
  });

  test('2: what may be a rename is not guessed into drop and add', async () => {
    const project = await createSchemaProject(files);
    await project.desire(same.replace('mail text', 'email text'));
    const { exitCode, stderr } = await project.autogenerate();
    expect(stderr).toContain('column public.accounts.mail, perhaps now email: --rename accounts.mail=email');
    expect(exitCode).toBe(2);
    expect(await project.written()).toEqual([]);
  });

  test('a rename that was said, on the command line or in the schema, keeps the data', async () => {
    const project = await createSchemaProject(files);
    await project.desire(`-- migrate:rename accounts.mail=email\n${same.replace('mail text', 'email text')}`);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    await project.database.query(`INSERT INTO accounts VALUES (1, 'a@example.org', '7')`);
    const { exitCode, stdout } = await project.autogenerate();
    expect(exitCode, stdout).toBe(0);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await project.database.query('SELECT email FROM accounts')).toEqual([{ email: 'a@example.org' }]);
    expect((await project.migrate(['downgrade', '-1'])).exitCode).toBe(0);
    expect(await project.database.query('SELECT mail FROM accounts')).toEqual([{ mail: 'a@example.org' }]);
  });

  test('what loses data is marked and counted', async () => {
    const project = await createSchemaProject(files);
    await project.desire('CREATE TABLE accounts (id int PRIMARY KEY, mail text);');
    const { exitCode, stdout } = await project.autogenerate();
    expect(stdout).toContain('1 statement loses data');
    expect(exitCode).toBe(0);
    const [revision] = await project.written();
    expect(revision?.text).toContain(
      '-- DESTRUCTIVE: column public.accounts.age and what is stored there are lost.\nALTER TABLE public.accounts DROP COLUMN age;',
    );
  });

  test('11: a type change that the server does not do by itself stops until a person says how', async () => {
    const project = await createSchemaProject(files);
    await project.desire(same.replace('age text', 'age int'));
    const { exitCode, stdout } = await project.autogenerate();
    expect(stdout).toContain(`Say how public.accounts.age becomes integer: --using 'accounts.age=<expression>'.`);
    expect(exitCode).toBe(11);
    const upgraded = await project.migrate(['upgrade']);
    expect(upgraded.stderr).toContain('this generated revision was not proved');
    expect(upgraded.exitCode).toBe(6);
  });

  test('--using says how values become another type', async () => {
    const project = await createSchemaProject(files);
    await project.desire(same.replace('age text', 'age int'));
    const { exitCode, stdout } = await project.autogenerate('--using', "accounts.age=nullif(age, '')::int");
    expect(exitCode, stdout).toBe(0);
    const [revision] = await project.written();
    expect(revision?.text).toContain("TYPE integer USING nullif(age, '')::int;");
  });

  test('a default goes and comes once where its column gets another type, and a label that goes is no loss of values', async () => {
    const project = await createSchemaProject({
      '20260101000001_first.sql': `-- migrate:up
        CREATE TYPE mood AS ENUM ('ok', 'sad', 'tired'); CREATE TABLE t (a json, b int DEFAULT 1, c text, m mood);\n`,
    });
    await project.desire(
      `CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE t (a jsonb DEFAULT '{}', b bigint DEFAULT 2, c varchar, m mood);`,
    );
    const { exitCode, stdout } = await project.autogenerate();
    expect(exitCode, stdout).toBe(0);
    expect(stdout).not.toContain('loses data');
    const [up = ''] = (await project.written())[0]?.text.split('-- migrate:down') ?? [];
    expect(up.match(/.*DEFAULT.*/g)).toEqual([
      "ALTER TABLE public.t ALTER COLUMN a SET DEFAULT '{}'::jsonb;",
      'ALTER TABLE public.t ALTER COLUMN b DROP DEFAULT;',
      'ALTER TABLE public.t ALTER COLUMN b SET DEFAULT 2;',
    ]);
    expect(up).toContain('Fails while rows hold a label that goes');
  });

  test('a new type that rounds or cuts values without a word is marked as a loss; one that the server refuses is not', async () => {
    const project = await createSchemaProject({
      '20260101000001_first.sql':
        '-- migrate:up\nCREATE TABLE t (a timestamp, b numeric(15,2), c float8, d text, e bigint, f date, g numeric(9,2));\n',
    });
    await project.desire(
      'CREATE TABLE t (a date, b numeric(15,0), c int, d varchar(3), e int, f timestamp, g numeric(12,3));',
    );
    const { exitCode, stdout } = await project.autogenerate();
    expect(exitCode, stdout).toBe(0);
    const [up = '', down = ''] = (await project.written())[0]?.text.split('-- migrate:down') ?? [];
    const marked = (text: string): readonly string[] =>
      [...text.matchAll(/^-- DESTRUCTIVE: .*\n.* COLUMN (\w) TYPE/gm)].map(([, column = '']) => column);
    expect(marked(up)).toEqual(['a', 'b', 'c']);
    expect(marked(down)).toEqual(['f', 'g']);
    expect(up).toContain('what date cannot hold of timestamp without time zone is cut off');
    expect(stdout).toContain('3 statements lose data');
  });

  test('2: a syntax error in the schema has its file, line and column', async () => {
    const project = await createSchemaProject(files);
    await project.desire(`${same}\nCREATE TABEL notes ();`);
    const { exitCode, stderr } = await project.autogenerate();
    expect(stderr).toContain('schema/schema.sql:2:8: syntax error at or near "TABEL"');
    expect(exitCode).toBe(2);
  });

  test('2: a scratch database that is not empty is refused and stays as it is', async () => {
    const project = await createSchemaProject(files);
    await project.desire(same);
    for (const [make, drop] of [
      ['TYPE precious AS ENUM ()', 'TYPE precious'],
      ['FUNCTION precious() RETURNS int LANGUAGE sql AS $$SELECT 1$$', 'FUNCTION precious()'],
      ['TABLE precious (id int)', undefined],
    ]) {
      await project.database.query(`CREATE ${make ?? ''}`);
      const { exitCode, stderr } = await project.autogenerate('--shadow-url', project.database.url);
      expect(stderr).toContain('is not empty: it holds 1 object, e.g. public.precious');
      expect(exitCode).toBe(2);
      if (drop !== undefined) await project.database.query(`DROP ${drop}`);
    }
    expect(await project.database.query('SELECT count(*)::int AS n FROM precious')).toEqual([{ n: 0 }]);
  });

  test('the schema may come from a command; one that fails is named with what it said', async () => {
    const project = await createSchemaProject(files);
    const worked = await project.autogenerate('--schema-command', `echo "${same} CREATE TABLE more (id int);"`);
    expect(worked.exitCode, worked.stdout).toBe(0);
    const failed = await project.autogenerate('--schema-command', 'echo oh no >&2; exit 3');
    expect(failed.stderr).toMatch(/failed \(exit code 3\):\n +oh no/);
    expect(failed.exitCode).toBe(2);
  });

  test('--from-database compares with the database, which is only read', async () => {
    const project = await createSchemaProject(files);
    await project.database.query(
      'CREATE TABLE accounts (id int PRIMARY KEY, mail text); CREATE TABLE strange (id int)',
    );
    await project.desire(same);
    const { exitCode, stdout } = await project.autogenerate('--from-database', '--no-renames');
    expect(stdout).toContain('+ column public.accounts.age');
    expect(stdout).toContain('- table public.strange');
    expect(exitCode, stdout).toBe(0);
    expect(await project.database.query('SELECT * FROM strange')).toEqual([]);
  });
});
