import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';

import { documents } from '../../../src/runner/documents/documents.ts';
import { missingPsql, runPsql } from '../../support/psql.ts';
import { createSquashProject, longHistory, type SquashProject } from '../../support/squash-project.ts';

const slow = { timeout: 240_000 };
const baseline = '20260101000006_baseline';

async function squashed(): Promise<SquashProject> {
  const project = await createSquashProject();
  const done = await project.squash('--to', 'paying_users', '-m', 'baseline', '--json');
  expect(done).toMatchObject({ exitCode: 0 });
  const { version: _version, ...document } = JSON.parse(done.stdout) as { version: number };
  expect(z.strictObject(documents.squash.shape).safeParse(document).error?.message).toBeUndefined();
  return project;
}

test('drift compares each database with its own way, and finds nothing', slow, async () => {
  const project = await squashed();
  for (const target of ['20260101000002', 'head', '20260101000006_paying_users']) {
    const { migrate } = await project.openDatabase();
    expect(await migrate('upgrade', target), target).toMatchObject({ exitCode: 0 });
    const drift = await migrate('drift');
    expect(drift.stdout, target).toContain('No drift');
    expect(drift.exitCode).toBe(0);
  }
});

test.skipIf((await missingPsql()) !== undefined)(
  'scripts for psql: of an empty database, of one in the middle, and of a range of old revisions',
  slow,
  async () => {
    const project = await createSquashProject();
    const [empty, middle] = [await project.openDatabase(), await project.openDatabase()];
    await middle.migrate('upgrade', 'more_plans');
    await project.squash('--to', 'paying_users', '-m', 'baseline');
    const scripts = {
      empty: await empty.migrate('upgrade', '--sql'),
      range: await empty.migrate('upgrade', 'base:create_currencies', '--sql'),
      down: await middle.migrate('downgrade', 'create_users', '--sql'),
    };
    expect(scripts.empty.stdout).toContain(baseline);
    expect(scripts.range.stdout).toContain('CREATE TYPE plan');
    expect(scripts.range.stdout).not.toContain(baseline);
    expect(scripts.down.stdout).toContain('DROP INDEX CONCURRENTLY users_email');
    expect(await runPsql(empty.database, scripts.empty.stdout)).toMatchObject({ exitCode: 0 });
    expect(await empty.migrate('check')).toMatchObject({ exitCode: 0 });
    const other = await project.openDatabase();
    expect(await runPsql(other.database, scripts.range.stdout)).toMatchObject({ exitCode: 0 });
    expect((await other.migrate('current')).stdout).toBe('20260101000002_create_currencies\n');
    expect(await other.migrate('upgrade')).toMatchObject({ exitCode: 0 });
  },
);

test('plan and its hash, stamp, doctor and show speak of the way that the database went', slow, async () => {
  const project = await squashed();
  const [empty, old] = [await project.openDatabase(), await project.openDatabase()];
  expect(await old.migrate('stamp', 'more_plans', '--reason', 'made by hand', '--dry-run')).toMatchObject({
    exitCode: 0,
  });
  expect(await old.migrate('upgrade', 'more_plans')).toMatchObject({ exitCode: 0 });
  const plan = JSON.parse((await old.migrate('plan', 'full_name', '--json')).stdout) as {
    revisions: { name: string; file: string }[];
    planHash: string;
  };
  expect(plan.revisions.map(({ file }) => file)).toEqual([
    'migrations/squashed/20260101000004_first_users.ts',
    'migrations/squashed/20260101000005_full_name.sql',
  ]);
  expect(await old.migrate('upgrade', 'full_name', '--plan-hash', plan.planHash)).toMatchObject({ exitCode: 0 });
  expect((await old.migrate('doctor')).stdout).toContain('2 revisions are pending');
  expect((await old.migrate('show', 'create_users')).stdout).toContain(
    'migrations/squashed/20260101000001_create_users.sql',
  );
  expect((await old.migrate('show', baseline)).stderr).toContain('this database has never been there');

  const first = await empty.migrate('plan', '+1');
  expect(first.stdout).toContain(baseline);
  expect(first).toMatchObject({ exitCode: 0 });
  expect(await empty.migrate('stamp', baseline, '--reason', 'restored')).toMatchObject({ exitCode: 0 });
  expect((await empty.migrate('current')).stdout).toBe(`${baseline}\n`);
  expect((await empty.migrate('history', '-v', '-r', ':create_users')).exitCode).toBe(2);
});

test('a late revision before the baseline is refused by an empty database too, and rebase cures it', slow, async () => {
  const project = await squashed();
  await project.write(
    '20260101000004_late.sql',
    '-- migrate:up\nCREATE TABLE late ();\n-- migrate:down\nDROP TABLE late;\n',
  );
  await project.lock();
  const refused = await project.migrate(['upgrade']);
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('Revision 20260101000004_late sorts before the baseline 20260101000006_baseline');
  expect(refused.stderr).toContain('`migrate rebase 20260101000004`');
  expect((await project.migrate(['rebase', baseline])).stderr).toContain('is a baseline');
  expect(await project.migrate(['rebase', '20260101000004'])).toMatchObject({ exitCode: 0 });
  expect(await project.migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
});

test('an image from before the squash runs nothing on a database that began with the baseline', slow, async () => {
  const project = await createSquashProject();
  const old = join(project.directory, 'old');
  await cp(project.migrations, old, { recursive: true });
  await project.squash('--to', 'paying_users', '-m', 'baseline');
  const began = await project.openDatabase();
  await began.migrate('upgrade');
  const refused = await began.migrate('upgrade', '--migrations', old);
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('Revision 20260101000006_baseline was edited after it was applied');
});

test('test, lint, autogenerate and dump work on a folder with a baseline', slow, async () => {
  const project = await squashed();
  const { migrate } = await project.openDatabase();
  const tested = await migrate('test');
  expect(tested.stdout).toContain(`– ${baseline} has no down`);
  expect(tested.exitCode).toBe(0);
  const linted = await migrate('lint', '--fail-on', 'error');
  expect(linted.exitCode, linted.stdout).toBe(0);
  expect(linted.stdout).not.toContain(`${baseline}.sql:`);
  const named = await migrate('lint', '--fail-on', 'error', `${project.migrations}/${baseline}.sql`);
  expect(named.stdout).toContain(`${baseline}.sql:`);
  const dumped = await migrate('dump', '--revisions');
  expect(dumped.exitCode).toBe(0);
  await mkdir(join(project.directory, 'schema'));
  await writeFile(join(project.directory, 'schema', 'all.sql'), dumped.stdout);
  expect(await migrate('revision', '--autogenerate', '--check')).toMatchObject({ exitCode: 0 });
});

test('a database of Alembic from before the squash is taken over at its revision, and kept in step', slow, async () => {
  const project = await squashed();
  const one = await project.openDatabase();
  for (const name of ['20260101000001_create_users.sql', '20260101000002_create_currencies.sql'] as const)
    await one.database.query(longHistory[name].replace(/-- migrate:down[\s\S]*/, ''));
  await one.database.query(
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('68b324aa3d62')",
  );
  const adopted = await one.migrate('adopt', 'alembic', '--keep-alembic');
  expect(adopted.exitCode, adopted.stderr).toBe(0);
  expect((await one.migrate('current')).stdout).toBe('20260101000002_create_currencies\n');
  expect(await one.migrate('upgrade')).toMatchObject({ exitCode: 0 });
  expect(await one.migrate('check')).toMatchObject({ exitCode: 0 });
});

test('what is read of a squash is the text that was committed: CRLF means nothing', slow, async () => {
  const project = await squashed();
  const file = join(project.migrations, `${baseline}.sql`);
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', '\r\n'));
  const middle = await project.openDatabase();
  expect(await middle.migrate('upgrade', 'create_currencies')).toMatchObject({ exitCode: 0 });
  expect(await middle.migrate('upgrade')).toMatchObject({ exitCode: 0 });
});
