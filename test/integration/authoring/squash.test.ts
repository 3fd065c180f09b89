import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readCatalog } from '../../support/catalog.ts';
import type { TestDatabase } from '../../support/database.ts';
import {
  createSquashProject,
  longHistory,
  type SquashDatabase,
  type SquashProject,
} from '../../support/squash-project.ts';

const names = Object.keys(longHistory).map((name) => name.replace(/\.\w+$/, ''));
const baseline = '20260101000006_baseline';
const slow = { timeout: 240_000 };

/** All that a squash must keep: the schema, the order of columns, rows, and what the next user's id will be. */
async function stateOf(database: TestDatabase): Promise<unknown> {
  const columns = await database.query(
    `SELECT table_name, string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1`,
  );
  const users = await database.query('SELECT * FROM users ORDER BY id');
  const currencies = await database.query('SELECT code, name FROM currencies ORDER BY code');
  const sequence = await database.query('SELECT last_value, is_called FROM users_id_seq');
  const catalog = (await readCatalog(database)).filter((line) => !/migrations|dropped|journal/.test(line));
  return { catalog, columns, users, currencies, sequence };
}

async function databasesAt(project: SquashProject, targets: readonly string[]): Promise<readonly SquashDatabase[]> {
  const databases: SquashDatabase[] = [];
  const empty = await project.openDatabase();
  for (const target of targets) {
    const one = await project.openDatabase();
    expect(await one.migrate('upgrade', target)).toMatchObject({ exitCode: 0 });
    databases.push(one);
  }
  return [empty, ...databases];
}

test(
  'an upgrade leads to one database from an empty one, from every old position, and from behind the squash',
  slow,
  async () => {
    const project = await createSquashProject();
    const databases = await databasesAt(project, names);
    const done = await project.squash('--to', 'paying_users', '-m', 'baseline');
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).toContain('migrations/20260101000006_baseline.sql replaces 6 revisions');
    expect(await readdir(project.migrations)).toEqual([
      `${baseline}.sql`,
      '20260101000007_add_phone.sql',
      'migrations.lock',
      'squashed',
    ]);
    expect(await readdir(join(project.migrations, 'squashed'))).toEqual(Object.keys(longHistory).slice(0, 6));

    const expected = await stateOf(databases.at(-1)?.database ?? project.database);
    for (const [applied, { database, migrate }] of databases.entries()) {
      const pending = applied === 0 ? [baseline, names.at(-1)] : names.slice(applied);
      const check = JSON.parse((await migrate('check', '--json')).stdout) as { pending: string[] };
      expect(check.pending, `at ${applied}`).toEqual(pending);
      expect(await migrate('upgrade')).toMatchObject({ exitCode: 0 });
      expect(await migrate('check')).toMatchObject({ exitCode: 0 });
      expect(await stateOf(database), `from ${applied}`).toEqual(expected);
      const history = JSON.parse((await migrate('history', '-v', '--json')).stdout) as {
        revisions: { name: string; applied: boolean }[];
      };
      expect(history.revisions.map(({ name }) => name).toReversed()).toEqual(
        applied === 0 ? [baseline, names.at(-1)] : names,
      );
      expect(history.revisions.every((one) => one.applied)).toBe(true);
    }
  },
);

test(
  'what is reverted below the baseline is what was run: old databases by the old files, new ones not at all',
  slow,
  async () => {
    const project = await createSquashProject();
    const [empty, old] = [await project.openDatabase(), await project.openDatabase()];
    await old.migrate('upgrade');
    await project.squash('--to', 'paying_users', '-m', 'baseline');
    await empty.migrate('upgrade');

    for (const { migrate } of [empty, old]) expect(await migrate('downgrade', '-1')).toMatchObject({ exitCode: 0 });
    const refused = await empty.migrate('downgrade', 'base');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(
      'migrations/20260101000006_baseline.sql is a baseline: this database began with it, so the 6 revisions that it replaces cannot be reverted one by one. Nothing was reverted.',
    );
    const elsewhere = await empty.migrate('downgrade', 'create_currencies');
    expect(elsewhere.exitCode).toBe(2);
    expect(elsewhere.stderr).toContain(
      '"create_currencies" names a revision that 20260101000006_baseline replaces, and this database has never been there: it began with 20260101000006_baseline.',
    );
    expect(await old.migrate('downgrade', 'create_currencies')).toMatchObject({ exitCode: 0 });
    expect((await old.migrate('current')).stdout).toBe('20260101000002_create_currencies\n');
    expect(await old.migrate('upgrade')).toMatchObject({ exitCode: 0 });
    expect(await old.migrate('downgrade', 'base')).toMatchObject({ exitCode: 0 });
    // Empty again, it begins as every empty database does.
    expect(await old.migrate('upgrade')).toMatchObject({ exitCode: 0 });
    expect((await old.migrate('history')).stdout).toContain('<base> -> 20260101000006, baseline');
  },
);

test('a squashed file that is missing or edited stops only those who need it', slow, async () => {
  const project = await createSquashProject();
  const [middle, past, empty] = [
    await project.openDatabase(),
    await project.openDatabase(),
    await project.openDatabase(),
  ];
  await middle.migrate('upgrade', 'create_currencies');
  await past.migrate('upgrade');
  await project.squash('--to', 'paying_users', '-m', 'baseline');
  const squashed = join(project.migrations, 'squashed');
  const file = join(squashed, '20260101000003_more_plans.sql');
  const text = await readFile(file, 'utf8');

  await writeFile(file, `${text}-- so be it\n`);
  const edited = await middle.migrate('upgrade');
  expect(edited.exitCode).toBe(5);
  expect(edited.stderr).toContain('migrations/squashed/20260101000003_more_plans.sql was edited after it was squashed');
  expect((await project.squash('--check')).exitCode).toBe(5);

  await rm(squashed, { recursive: true });
  const missing = await middle.migrate('check');
  expect(missing.exitCode).toBe(5);
  expect(missing.stderr).toContain(
    'This database needs migrations/squashed/20260101000003_more_plans, one of the revisions that 20260101000006_baseline replaces, and the file is missing.',
  );
  expect((await middle.migrate('current')).exitCode).toBe(5);
  for (const { migrate } of [past, empty]) expect(await migrate('upgrade')).toMatchObject({ exitCode: 0 });
  expect(await past.migrate('check')).toMatchObject({ exitCode: 0 });
  expect(await past.migrate('history', '-v')).toMatchObject({ exitCode: 0 });
  // The record has kept how to revert it.
  expect(await past.migrate('downgrade', 'full_name')).toMatchObject({ exitCode: 0 });
});

test('a second squash replaces the first, and no database is left behind', slow, async () => {
  const project = await createSquashProject();
  const databases = await databasesAt(project, ['create_currencies', 'more_plans', 'first_users', 'head']);
  await project.squash('--to', 'more_plans', '-m', 'first baseline');
  const second = [await project.openDatabase(), await project.openDatabase(), await project.openDatabase()];
  for (const [index, target] of ['first_baseline', 'first_users', 'head'].entries())
    expect(await second[index]?.migrate('upgrade', target)).toMatchObject({ exitCode: 0 });
  const done = await project.squash('--to', 'paying_users', '-m', 'second baseline');
  expect(done).toMatchObject({ exitCode: 0 });
  expect(await readdir(join(project.migrations, 'squashed'))).toHaveLength(7);
  expect(await project.squash('--check')).toMatchObject({ exitCode: 0 });

  const expected = await stateOf(databases.at(-1)?.database ?? project.database);
  for (const [index, { database, migrate }] of [...databases, ...second].entries()) {
    expect(await migrate('upgrade'), `database ${index}`).toMatchObject({ exitCode: 0 });
    expect(await migrate('check')).toMatchObject({ exitCode: 0 });
    expect(await stateOf(database), `database ${index}`).toEqual(expected);
  }
  const shown = await databases[0]?.migrate('show', 'second_baseline');
  expect(shown?.stdout).toContain('Replaces: 7 revisions, 20260101000001_create_users to 20260101000006_paying_users');
});

test('whenever a squash is killed, what it leaves is the old state or the new one', slow, async () => {
  const project = await createSquashProject();
  const before = `${project.directory}/before`;
  await cp(project.migrations, before, { recursive: true });
  const [middle, empty] = [await project.openDatabase(), await project.openDatabase()];
  await middle.migrate('upgrade', 'create_currencies');
  await project.squash('--to', 'paying_users', '-m', 'baseline');
  const after = `${project.directory}/after`;
  await cp(project.migrations, after, { recursive: true });
  const leave = async (...names: readonly string[]): Promise<void> => {
    await rm(project.migrations, { recursive: true });
    await cp(before, project.migrations, { recursive: true });
    for (const name of names) await cp(join(after, name), join(project.migrations, name), { recursive: true });
  };

  // Killed among the copies: nothing has changed, and a second try ends it.
  await leave('squashed/20260101000001_create_users.sql');
  expect((await empty.migrate('check', '--json')).stdout).toContain('20260101000001_create_users');
  expect(await project.squash('--to', 'paying_users', '-m', 'baseline')).toMatchObject({ exitCode: 0 });
  expect(await readdir(project.migrations)).toEqual(await readdir(after));

  // Between the renames: the lock file says so, and its own cure works.
  await leave('squashed', `${baseline}.sql`);
  const torn = await empty.migrate('upgrade');
  expect(torn.exitCode).toBe(5);
  expect(torn.stderr).toContain('run `migrate lock`');
  expect(await empty.migrate('lock')).toMatchObject({ exitCode: 0 });
  expect(await readFile(join(project.migrations, 'migrations.lock'), 'utf8')).toBe(
    await readFile(join(after, 'migrations.lock'), 'utf8'),
  );

  // Before the last files went: they count as squashed where they are.
  await leave('squashed', `${baseline}.sql`, 'migrations.lock');
  await rm(join(project.migrations, 'squashed'), { recursive: true });
  expect((await empty.migrate('check', '--json')).stdout).toContain(
    `"pending":["${baseline}","${names.at(-1) ?? ''}"]`,
  );
  for (const { migrate } of [empty, middle]) expect(await migrate('upgrade')).toMatchObject({ exitCode: 0 });
});

test('two runners at a database in the middle apply the old revisions once', slow, async () => {
  const project = await createSquashProject();
  const middle = await project.openDatabase();
  await middle.migrate('upgrade', 'create_currencies');
  await project.squash('--to', 'paying_users', '-m', 'baseline');
  const runs = await Promise.all([middle.migrate('upgrade', '--json'), middle.migrate('upgrade', '--json')]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const applied = runs.flatMap(({ stdout }) => [...stdout.matchAll(/"event":"revision.applied","revision":"(\d+)"/g)]);
  expect(applied.map(([, id]) => id)).toEqual(names.slice(2).map((name) => name.slice(0, 14)));
});
