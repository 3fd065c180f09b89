import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { onServer } from '../../support/database.ts';
import { threeRevisions } from '../../support/migrations.ts';
import { runProgram, type ProgramResult } from '../../support/programs.ts';
import { createSchemaProject, type SchemaProject } from '../../support/schema-project.ts';

async function upgraded(): Promise<SchemaProject> {
  const project = await createSchemaProject(threeRevisions);
  expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
  return project;
}

test('0: a database that is what its revisions make, pending ones left aside', async () => {
  const project = await createSchemaProject(threeRevisions);
  await project.migrate(['upgrade', '20260101000002']);
  const { exitCode, stdout, stderr } = await project.migrate(['drift']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^No drift: test_\w+ at .*, at 20260101000002, is what its revisions make \(PostgreSQL 16/);
  expect(exitCode).toBe(0);
});

test('11: says what the database has, lacks and has in another form', async () => {
  const { database, migrate } = await upgraded();
  await database.query(
    'CREATE INDEX by_hand ON accounts (email); DROP INDEX accounts_email; ALTER TABLE accounts ALTER email SET DEFAULT 1',
  );
  const { exitCode, stdout } = await migrate(['drift']);
  expect(stdout).toContain('3 objects differ');
  expect(stdout).toMatch(/The database has, and no revision makes:\n  index public.by_hand\n/);
  expect(stdout).toMatch(/The revisions make, and the database has not:\n  index public.accounts_email\n/);
  expect(stdout).toMatch(
    /in another form:\n  column public.accounts.email\n    default\n      by the revisions: none\n      in the database: {2}1\n/,
  );
  expect(exitCode).toBe(11);
});

test('--sql gives both ways out; each does what it says, and nothing is run', async () => {
  const { database, migrate, write, lock } = await upgraded();
  await database.query('ALTER TABLE accounts ADD COLUMN phone text; DROP INDEX accounts_email');
  const { exitCode, stdout } = await migrate(['drift', '--sql']);
  expect(exitCode).toBe(11);
  expect(stdout).toContain('Each was tried on a scratch server and leads exactly there.');
  expect(stdout).not.toMatch(/reset/i);
  expect(stdout).toContain('-- Rows or values are lost:\nALTER TABLE public.accounts DROP COLUMN phone;');
  expect((await migrate(['drift'])).exitCode).toBe(11);
  const [back = '', adopt = ''] = stdout.split('-- 2. Or keep it');
  // Taking it back, here in a transaction that is given up.
  await database.query('BEGIN');
  await database.query(back);
  expect(await database.query("SELECT to_regclass('accounts_email') IS NOT NULL AS there")).toEqual([{ there: true }]);
  await database.query('ROLLBACK');
  // Keeping it.
  const kept = adopt
    .split('\n')
    .slice(2)
    .map((line) => line.replace(/^-- /, ''))
    .join('\n');
  await write('20260101000004_keep.sql', `-- migrate:up\n${kept}`);
  await lock();
  expect((await migrate(['stamp', 'head', '--reason', 'made by hand'])).exitCode).toBe(0);
  expect((await migrate(['drift'])).stdout).toContain('No drift');
});

test('--ignore leaves out schemas, objects with their parts, and kinds by name', async () => {
  const { database, migrate, directory } = await upgraded();
  await database.query(
    `CREATE SCHEMA audit; CREATE TABLE audit.log (id int PRIMARY KEY); CREATE TABLE pgbench_one (a int); CREATE EXTENSION citext SCHEMA audit`,
  );
  expect((await migrate(['drift'])).exitCode).toBe(11);
  const ignore = ['--ignore', 'audit.*', '--ignore', 'public.pgbench_*,extension citext'];
  expect(await migrate(['drift', ...ignore])).toMatchObject({ exitCode: 0 });
  const env = { MIGRATE_IGNORE: 'audit.*,public.pgbench_*, extension *' };
  expect(await migrate(['drift'], { env })).toMatchObject({ exitCode: 0 });
  const config = { ignore: 'audit.*,public.pgbench_*,extension citext' };
  await writeFile(join(directory, 'migrate.config.json'), JSON.stringify(config));
  expect(await migrate(['drift'])).toMatchObject({ exitCode: 0 });
  await writeFile(join(directory, 'migrate.config.json'), JSON.stringify({ ignore: 'audit.*,extension citext' }));
  expect((await migrate(['drift'])).stdout).toContain('1 object differs');
});

test('2: where no scratch server can run, as in the image, the hint is the way that works there', async () => {
  const { migrate, database, directory } = await upgraded();
  const inImage = (...args: readonly string[]): Promise<ProgramResult> =>
    runProgram('migrate', args, {
      cwd: directory,
      env: { DATABASE_URL: database.url, TMPDIR: '/nowhere/that/exists' },
    });
  const { exitCode, stderr } = await inImage('drift');
  expect(stderr).toContain('No scratch server can run here');
  expect(stderr).toContain('`migrate dump --revisions --catalog -o catalog.json`');
  expect(stderr).toContain('`migrate drift --against catalog.json`');
  expect(exitCode).toBe(2);
  const file = join(directory, 'catalog.json');
  expect((await migrate(['dump', '--revisions', '--catalog', '-o', file])).exitCode).toBe(0);
  expect((await inImage('drift', '--against', file)).exitCode).toBe(0);
  expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
});

test('a role that may read nothing but the record is enough', async () => {
  const { database, migrate } = await upgraded();
  const role = `reader_${database.name}`;
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; REVOKE ALL ON SCHEMA public FROM public;
    GRANT USAGE ON SCHEMA migrations TO ${role}; GRANT SELECT ON migrations.history TO ${role}`);
  try {
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    const env = { DATABASE_URL: url.href };
    const { exitCode, stdout, stderr } = await migrate(['drift'], { env });
    expect(stderr).toBe('');
    expect(stdout).toContain('1 object differs');
    expect(stdout).toContain('schema public\n    privileges\n');
    expect(exitCode).toBe(11);
    await database.query('REVOKE SELECT ON pg_catalog.pg_class FROM public');
    const refused = await migrate(['drift'], { env });
    expect(refused.stderr).toMatch(
      new RegExp(`The role "${role}" may not read .* permission denied for table pg_class`),
    );
    expect(refused.exitCode).toBe(2);
  } finally {
    await database.query('GRANT SELECT ON pg_catalog.pg_class TO public');
    await database.query(`DROP OWNED BY ${role}`);
    await onServer((client) => client.query(`DROP ROLE ${role}`));
  }
});

test('4, 6: a database that is ahead, and revisions that cannot be replayed, are named', async () => {
  const { migrate, write, lock, database } = await upgraded();
  await database.query(`UPDATE migrations.history SET revision = '20990101000000' WHERE revision = '20260101000003'`);
  expect((await migrate(['drift'])).exitCode).toBe(4);
  await database.query(`UPDATE migrations.history SET revision = '20260101000003' WHERE revision = '20990101000000'`);
  await write('20260101000004_role.sql', '-- migrate:up\nGRANT SELECT ON accounts TO nobody_knows;\n');
  await lock();
  await migrate(['stamp', 'head', '--reason', 'test']);
  const { exitCode, stderr } = await migrate(['drift']);
  expect(stderr).toContain('20260101000004_role');
  expect(stderr).toContain('role "nobody_knows" does not exist');
  expect(exitCode).toBe(6);
});

test('--against compares with a file, where no scratch server is; another state is refused', async () => {
  const { migrate, database, directory, write, lock } = await upgraded();
  const file = join(directory, 'schema/catalog.json');
  const dumped = await migrate(['dump', '--revisions', '--catalog', '-o', file], { env: { DATABASE_URL: '' } });
  expect(dumped).toMatchObject({ exitCode: 0, stdout: `${file}\n` });
  const env = { MIGRATE_SHADOW_URL: 'postgres://nobody@127.0.0.1:1/none' };
  expect((await migrate(['drift', '--against', file], { env })).stdout).toContain('No drift');
  await database.query('CREATE TABLE by_hand ()');
  const drifted = await migrate(['drift', '--against', file, '--json'], { env });
  expect(JSON.parse(drifted.stdout)).toMatchObject({
    drifted: true,
    comparedWith: file,
    differences: [{ change: 'extra', kind: 'table', name: 'public.by_hand', properties: [] }],
  });
  expect(drifted.exitCode).toBe(11);
  expect((await migrate(['drift', '--against', file, '--ignore', 'public.by_hand'], { env })).exitCode).toBe(0);

  await migrate(['downgrade', '-1']);
  const behind = await migrate(['drift', '--against', file], { env });
  expect(behind.stderr).toContain('is the schema at 20260101000003, and the database is at 20260101000002');
  expect(behind.exitCode).toBe(2);
  await migrate(['upgrade']);
  await write('20260101000004_more.sql', '-- migrate:up\nSELECT 1;\n');
  await lock();
  expect((await migrate(['drift', '--against', file], { env })).exitCode).toBe(11);

  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/"revisions": "./, '"revisions": "x'));
  expect((await migrate(['drift', '--against', file])).stderr).toContain('was written from other revisions');
  await writeFile(file, '{"no": "catalog"}');
  expect((await migrate(['drift', '--against', file])).stderr).toContain('is no catalog');
  const missing = await migrate(['drift', '--against', 'nowhere.json']);
  expect(missing.stderr).toContain('nowhere.json cannot be read (ENOENT)');
  expect(missing.exitCode).toBe(2);
});
