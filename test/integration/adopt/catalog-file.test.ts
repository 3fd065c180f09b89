import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { createDatabase } from '../../support/database.ts';
import { createProject, type MigrationProject } from '../../support/migrations.ts';
import type { ProgramResult } from '../../support/programs.ts';

const users =
  '-- alembic: 68b324aa3d62\n-- migrate:up\nCREATE TABLE users (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE users;\n';

interface Adoptable extends MigrationProject {
  /** Where no scratch server can run: an embedded one has no folder to be in, as in the image with its read-only root. */
  readonly inContainer: (...args: readonly string[]) => Promise<ProgramResult>;
  readonly writeCatalog: () => Promise<ProgramResult>;
}

async function adoptable(): Promise<Adoptable> {
  const project = await createProject({ '20260101000001_users.sql': users });
  const scratch = await createDatabase();
  await project.database.query(
    "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('68b324aa3d62')",
  );
  return {
    ...project,
    inContainer: (...args) => project.migrate(args, { env: { TMPDIR: '/nowhere/that/exists' } }),
    writeCatalog: () => project.migrate(['adopt', '--write-catalog'], { env: { MIGRATE_SHADOW_URL: scratch.url } }),
  };
}

it('without a scratch server the catalog file is the proof, and a difference is found by it', async () => {
  const { migrate, inContainer, writeCatalog, migrations, database } = await adoptable();
  const none = await inContainer('adopt', 'alembic');
  expect(none.stderr).toContain('migrate adopt --write-catalog');
  expect(none.exitCode).toBe(2);
  const written = await writeCatalog();
  expect(written.stdout).toContain('knows the schema at base and after 20260101000001_users');
  await database.query('ALTER TABLE users ADD COLUMN more int');
  const differs = await inContainer('adopt', 'alembic');
  expect(differs.stderr).toContain('+ column public.users.more');
  expect(differs.exitCode).toBe(11);
  await database.query('ALTER TABLE users DROP COLUMN more');
  const adopted = await inContainer('adopt', 'alembic');
  expect(adopted.stderr).toContain(
    'The schema is the one that these revisions build (adopt.catalog.json, made on PostgreSQL 16',
  );
  expect(adopted.exitCode).toBe(0);
  // It is company of the revisions, not a stranger among them.
  expect((await migrate(['check'])).stderr).toBe('');
  await rm(join(migrations, 'adopt.catalog.json'));
});

it('2: a catalog file of other texts, of another kind or of other revisions is refused', async () => {
  const { inContainer, writeCatalog, migrations, write, lock } = await adoptable();
  await writeCatalog();
  const file = join(migrations, 'adopt.catalog.json');
  const good = await readFile(file, 'utf8');
  await write('20260101000001_users.sql', users.replace('users (id', 'users(id'));
  await lock();
  const edited = await inContainer('adopt', 'alembic');
  expect(edited.stderr).toContain('was made from another text of 20260101000001_users');
  expect(edited.exitCode).toBe(2);
  await write('20260101000001_users.sql', users);
  await lock();
  await writeFile(file, '{"version":2}');
  expect((await inContainer('adopt', 'alembic')).stderr).toContain(
    'is not what `migrate adopt --write-catalog` writes',
  );
  const parsed = JSON.parse(good) as { catalogs: unknown[] };
  await writeFile(file, JSON.stringify({ ...parsed, catalogs: parsed.catalogs.slice(0, 1) }));
  expect((await inContainer('adopt', 'alembic')).stderr).toContain(
    'does not know the schema after 20260101000001_users',
  );
});

it('--no-proof needs a reason, and the record says that nobody looked', async () => {
  const { inContainer, database } = await adoptable();
  const args = ['adopt', 'alembic', '--no-proof'];
  expect((await inContainer(...args)).exitCode).toBe(2);
  const { exitCode, stderr } = await inContainer(...args, '--reason', 'compared by hand');
  expect(stderr).toContain('was not looked at (--no-proof)');
  expect(exitCode).toBe(0);
  expect(await database.query("SELECT reason, detail->>'proof' AS proof FROM migrations.events")).toEqual([
    { reason: 'compared by hand', proof: 'skipped' },
  ]);
});
