import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { inSomeOrder } from '../../support/catalog-claims.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { threeRevisions } from '../../support/migrations.ts';
import { runProgram, type ProgramResult } from '../../support/programs.ts';
import { richSchema } from '../../support/rich-schema.ts';
import { createSchemaProject } from '../../support/schema-project.ts';

/** What the engine does not know how to write. */
const unknownKinds = /OPERATOR|TEXT SEARCH|CREATE CAST|STATISTICS|FOREIGN TABLE|CREATE SERVER/;

async function databaseOf(statements: readonly string[]): Promise<TestDatabase> {
  const database = await createDatabase({ template: 'template0' });
  await inSomeOrder(await database.connect(), statements);
  return database;
}

async function dump(database: TestDatabase, ...args: readonly string[]): Promise<ProgramResult> {
  const scratch = await createDatabase();
  const env = { DATABASE_URL: database.url, MIGRATE_SHADOW_URL: scratch.url };
  return runProgram('migrate', ['dump', ...args], { env });
}

test('one schema gives one text, whatever the order in which it was made; the text makes the same schema', async () => {
  const known = richSchema.filter((statement) => !unknownKinds.test(statement));
  const [one, other] = [await databaseOf(known), await databaseOf(known.toReversed())];
  const first = await dump(one);
  expect(first.stderr).toBe('');
  expect(first.exitCode).toBe(0);
  const text = first.stdout.replaceAll(one.name, 'NAME');
  expect((await dump(other)).stdout.replaceAll(other.name, 'NAME')).toBe(text);

  const again = await createDatabase({ template: 'template0' });
  await again.query(first.stdout);
  expect((await dump(again)).stdout.replaceAll(again.name, 'NAME')).toBe(text);
  const places = [
    'CREATE SCHEMA app',
    'CREATE TYPE app.mood',
    'CREATE TABLE app.people',
    'CREATE VIEW app.adults',
    'GRANT SELECT',
  ];
  const offsets = places.map((place) => text.indexOf(place));
  expect(offsets).toEqual(offsets.toSorted((left, right) => left - right));
  expect(offsets[0]).toBeGreaterThan(0);
});

test('11: what cannot be written is named, in the text too', async () => {
  const database = await databaseOf(['CREATE TABLE t (a int, b int)', 'CREATE STATISTICS correlated ON a, b FROM t']);
  const { exitCode, stdout } = await dump(database);
  expect(stdout).toContain('CREATE TABLE public.t');
  expect(stdout).toContain('-- NOT IN HERE, or not exactly: - statistics public.correlated');
  expect(exitCode).toBe(11);
});

test('-o writes files that are a desired schema: autogenerate finds no difference', async () => {
  const project = await createSchemaProject(threeRevisions);
  await project.migrate(['upgrade']);
  const folder = join(project.directory, 'schema');
  const { exitCode, stdout } = await project.migrate(['dump', '-o', folder]);
  expect(stdout).toContain('Proved: run in an empty database, it makes the same catalog.');
  expect(exitCode).toBe(0);
  expect(await readdir(folder)).toEqual(['01_tables.sql']);
  expect((await project.migrate(['revision', '--autogenerate', '--check'])).exitCode).toBe(0);

  const refused = await project.migrate(['dump', '-o', folder]);
  expect(refused.stderr).toContain('is not empty; nothing was written');
  expect(refused.exitCode).toBe(2);
  await writeFile(join(folder, '02_views.sql'), 'CREATE VIEW gone AS SELECT 1;');
  await writeFile(join(folder, 'mine.md'), 'notes');
  expect((await project.migrate(['dump', '--revisions', '-o', folder, '--force'])).exitCode).toBe(0);
  expect(await readdir(folder)).toEqual(['01_tables.sql', 'mine.md']);
});

test('a rich schema goes through its dump into files and back', async () => {
  const known = richSchema.filter((statement) => !unknownKinds.test(statement));
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-dump-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const database = await databaseOf(known);
  expect((await dump(database, '-o', join(directory, 'schema'))).exitCode).toBe(0);
  const copy = await createDatabase({ template: 'template0' });
  for (const name of (await readdir(join(directory, 'schema'))).toSorted())
    await copy.query(await readFile(join(directory, 'schema', name), 'utf8'));
  expect((await dump(copy)).stdout.split('\n').slice(1)).toEqual((await dump(database)).stdout.split('\n').slice(1));
});
