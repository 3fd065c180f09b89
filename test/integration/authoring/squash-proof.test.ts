import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { threeRevisions } from '../../support/migrations.ts';
import { richSchema } from '../../support/rich-schema.ts';
import { createSquashProject } from '../../support/squash-project.ts';

const slow = { timeout: 240_000 };
const up = (sql: string): string => `-- migrate:up\n${sql}\n`;

test('what no SQL can be written for is named, nothing is written, and --append mends it', slow, async () => {
  const project = await createSquashProject({
    '20260101000001_type.sql': up('CREATE TYPE pair AS (a int, b text);'),
    '20260101000002_operator.sql': up(
      'CREATE FUNCTION same(a pair, b pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT true $$;\nCREATE OPERATOR === (LEFTARG = pair, RIGHTARG = pair, FUNCTION = same);',
    ),
    '20260101000003_setting.sql': up(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database()); END $$;`,
    ),
  });
  const before = await readdir(project.migrations);
  const refused = await project.squash('--to', 'head', '-m', 'baseline');
  expect(refused.exitCode).toBe(11);
  expect(refused.stdout).toContain('does not make what the 3 revisions make that it replaces');
  expect(refused.stdout).toContain('  - operator public.===(public.pair,public.pair)\n');
  expect(refused.stdout).toContain('  - settings of the database all: work_mem=8MB\n');
  expect(refused.stdout).toContain('add it with --append FILE');
  expect(await readdir(project.migrations)).toEqual(before);

  await writeFile(
    join(project.directory, 'rest.sql'),
    `CREATE OPERATOR public.=== (LEFTARG = public.pair, RIGHTARG = public.pair, FUNCTION = public.same);
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database()); END $$;
`,
  );
  const mended = await project.squash('--to', 'head', '-m', 'baseline', '--append', 'rest.sql', '--json');
  expect(mended).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(mended.stdout)).toMatchObject({ proved: true, written: true, differences: [] });
  expect((await project.squash('--to', 'head', '-m', 'x', '--append', 'none.sql')).stderr).toContain(
    'The file none.sql of --append cannot be read (ENOENT).',
  );
});

test('an --append that does not run, or makes more, is no proof', slow, async () => {
  const project = await createSquashProject(threeRevisions);
  const file = join(project.directory, 'rest.sql');
  await writeFile(file, 'SELECT nonsense;\n');
  const broken = await project.squash('--to', 'head', '-m', 'baseline', '--append', 'rest.sql');
  expect(broken.exitCode).toBe(11);
  expect(broken.stdout).toContain(
    'The baseline cannot be run: migrations/20260101000003_baseline.sql:23:8: column "nonsense" does not exist',
  );
  await writeFile(file, 'CREATE TABLE more (id int);\nINSERT INTO accounts VALUES (1);\n');
  const more = await project.squash('--to', 'head', '-m', 'baseline', '--append', 'rest.sql');
  expect(more.exitCode).toBe(11);
  expect(more.stdout).toContain('  + table public.more\n');
  expect(more.stdout).toMatch(/\+ rows of public.accounts: 1 row, digest/);
  expect(await readdir(project.migrations)).toContain('20260101000001_create_accounts.sql');
});

test('owners, roles, sequences, order of columns and values that differ by themselves come through', slow, async () => {
  const role = `squash_${Math.random().toString(36).slice(2, 10)}`;
  const project = await createSquashProject({
    '20260101000001_role.sql': up(
      `CREATE ROLE ${role} CREATEDB;\nCREATE SCHEMA app AUTHORIZATION ${role};\nGRANT USAGE ON SCHEMA app TO ${role};`,
    ),
    '20260101000002_tables.sql': up(
      `CREATE TABLE app.t (z int, total int GENERATED ALWAYS AS (z * 2) STORED, id uuid DEFAULT gen_random_uuid() PRIMARY KEY, a text DEFAULT 'x,(y', made timestamptz DEFAULT now());
CREATE SEQUENCE app.numbers START 10;
SELECT nextval('app.numbers'), nextval('app.numbers');
ALTER TABLE app.t OWNER TO ${role};`,
    ),
    '20260101000003_rows.sql': up(
      `INSERT INTO app.t (z, a) VALUES (1, E'two\\nlines\\n-- migrate:down'), (2, NULL), (3, 'back\\slash');\nCREATE MATERIALIZED VIEW app.empty AS SELECT z FROM app.t WITH NO DATA;\nALTER MATERIALIZED VIEW app.empty OWNER TO ${role};`,
    ),
  });
  try {
    const done = await project.squash('--to', 'head', '-m', 'baseline');
    expect(done.stdout).toContain(`Roles are made where they are missing: ${role}.`);
    expect(done.stdout).toContain('Left to their defaults, as each run has its own time: app.t.made.');
    expect(done.stdout).toContain('Other in every run of the revisions, and fixed by the baseline: app.t.id.');
    expect(done.exitCode).toBe(0);
    expect(await project.database.query(`SELECT FROM pg_roles WHERE rolname = '${role}'`)).toEqual([]);
    const text = await readFile(join(project.migrations, '20260101000003_baseline.sql'), 'utf8');
    expect(text).toContain(`THEN CREATE ROLE "${role}" CREATEDB; END IF;`);
    expect(text).toContain(`ALTER TABLE app.t OWNER TO ${role};`);
    expect(text).toContain("E'two\\nlines\\n-- migrate:down'");
    expect(await project.squash('--check')).toMatchObject({ exitCode: 0 });
    expect(await project.migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
    expect(await project.database.query('SELECT z, total, a FROM app.t ORDER BY z')).toEqual([
      { z: 1, total: 2, a: 'two\nlines\n-- migrate:down' },
      { z: 2, total: 4, a: null },
      { z: 3, total: 6, a: 'back\\slash' },
    ]);
    expect(await project.database.query(`SELECT nextval('app.numbers')::int AS next`)).toEqual([{ next: 12 }]);
  } finally {
    await project.database.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  }
});

test('--check finds a baseline that was edited, and --without-data leaves rows out and says so', slow, async () => {
  const project = await createSquashProject({
    ...threeRevisions,
    '20260101000004_rows.sql': up('INSERT INTO accounts VALUES (1), (2);'),
  });
  const dry = await project.squash('--to', 'head', '-m', 'baseline', '--dry-run', '--without-data');
  expect(dry).toMatchObject({ exitCode: 0 });
  expect(dry.stdout).not.toContain('INSERT');
  expect(dry.stdout).toContain('-- Rows of public.accounts (2) are left out, and sequences begin anew.');
  expect(await readdir(project.migrations)).not.toContain('squashed');

  expect((await project.squash('--check')).stderr).toContain('There is no baseline here to check.');
  await project.squash('--to', 'head', '-m', 'baseline');
  expect((await project.squash('--check')).stdout).toContain(
    '20260101000004_baseline makes what the 4 revisions, 20260101000001_create_accounts to 20260101000004_rows, make',
  );
  const file = join(project.migrations, '20260101000004_baseline.sql');
  await writeFile(file, (await readFile(file, 'utf8')).replace('email text', 'email varchar(9)'));
  await project.lock();
  const edited = await project.squash('--check');
  expect(edited.exitCode).toBe(11);
  expect(edited.stdout).toContain('  ~ column public.accounts.email\n      type: text → character varying(9)\n');
});

test('a script that reads its neighbour stays where it is, and still runs', slow, async () => {
  const project = await createSquashProject({
    ...threeRevisions,
    '20260101000004_script.ts': `import { readFileSync } from 'node:fs';\nconst words = readFileSync(new URL('words.txt', import.meta.url), 'utf8');\nexport const up = async ({ sql }) => { await sql\`INSERT INTO accounts (id, email) VALUES (1, \${words})\`; };\n`,
  });
  await project.write('words.txt', 'hello');
  const middle = await project.openDatabase();
  await middle.migrate('upgrade', 'index_email');
  const done = await project.squash('--to', 'head', '-m', 'baseline');
  expect(done).toMatchObject({ exitCode: 0 });
  expect(done.stdout).toContain('stay where they are: migrations/20260101000004_script.ts');
  expect(await middle.migrate('upgrade')).toMatchObject({ exitCode: 0 });
  expect(await middle.database.query('SELECT email FROM accounts')).toEqual([{ email: 'hello' }]);
  expect(await project.migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
});

test('what cannot be squashed is refused before anything runs', async () => {
  const project = await createSquashProject(threeRevisions);
  const said = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stderr } = await project.squash(...args);
    return `${exitCode}: ${stderr}`;
  };
  expect(await said()).toContain('2: error: `migrate squash` needs --to <revision>');
  expect(await said('--to', 'head')).toContain('2: error: `migrate squash` needs -m, --message <text>');
  expect(await said('--check', '--to', 'head')).toContain('2: error: --check proves the baseline that is there');
  expect(await said('--to', 'create_accounts', '-m', 'x')).toContain(
    '2: error: Up to create_accounts there is only 20260101000001_create_accounts: nothing is to be squashed.',
  );
  expect(await said('--to', 'head', '-m', '…')).toContain('2: error: The message "…" gives no file name.');
  expect(await said('--to', 'head', '-m', 'index email')).toContain(
    '2: error: 20260101000003_index_email is the name of a revision that it would replace.',
  );
  expect(await said('--to', 'nowhere', '-m', 'x')).toContain('2: error: No revision is named "nowhere".');
});

test(
  'a schema with an object of nearly every kind is squashed, with what no dump can write appended',
  slow,
  async () => {
    const unknown = /OPERATOR|TEXT SEARCH|CREATE CAST|STATISTICS|FOREIGN TABLE|CREATE SERVER/;
    const rest = richSchema.filter((statement) => unknown.test(statement)).join(';\n');
    const known = richSchema.filter((statement) => !unknown.test(statement)).join(';\n');
    const project = await createSquashProject({
      '20260101000001_known.sql': up(`${known};`),
      '20260101000002_rest.sql': up(
        `${rest};\nCREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (password 'swordfish');\nINSERT INTO app.people (mail, age) VALUES ('a', 20);\nINSERT INTO app.orders (person, amount) VALUES (1, 2.50);\nINSERT INTO app.events VALUES (1, '2025-02-02');`,
      ),
    });
    const refused = await project.squash('--to', 'head', '-m', 'baseline');
    expect(refused.exitCode).toBe(11);
    expect(refused.stdout).toContain('~ user mapping for');
    expect(refused.stdout).not.toContain('swordfish');
    const unwritten = richSchema.filter((statement) => /OPERATOR|TEXT SEARCH|CREATE CAST|STATISTICS/.test(statement));
    const appended = [
      ...unwritten,
      "ALTER FOREIGN TABLE app.remote OPTIONS (SET t 'x')",
      "ALTER FOREIGN TABLE app.remote ALTER COLUMN id OPTIONS (ADD c 'x')",
      "ALTER USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (SET password 'swordfish')",
      '',
    ].join(';\n');
    await writeFile(join(project.directory, 'rest.sql'), appended);
    const done = await project.squash('--to', 'head', '-m', 'baseline', '--append', 'rest.sql');
    expect(done.stdout).toContain('the revisions and the baseline make the same database');
    expect(await project.migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
    expect(await project.database.query('SELECT total FROM app.orders')).toEqual([{ total: '5.00' }]);
  },
);
