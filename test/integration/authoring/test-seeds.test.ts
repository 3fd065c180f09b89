import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createSchemaProject, type SchemaProject } from '../../support/schema-project.ts';

const people = {
  '20260101000001_people.sql':
    '-- migrate:up\nCREATE TABLE people (id int PRIMARY KEY, name text, mail text);\n-- migrate:down\nDROP TABLE people;\n',
} as const;

async function seeded(second: string, seed: string): Promise<SchemaProject> {
  const project = await createSchemaProject({ ...people, '20260101000002_change.sql': second });
  await mkdir(join(project.directory, 'test'));
  await writeFile(join(project.directory, 'test/seed.sql'), seed);
  return project;
}

const seed =
  "-- Two of them.\n-- after 20260101000001\nINSERT INTO people VALUES (1, 'Ada', 'a@x'), (2, 'Bob', NULL);\n";

test('11: rows that a down does not bring back are counted', async () => {
  const { migrate } = await seeded(
    '-- migrate:up\nDELETE FROM people WHERE id = 2;\n-- migrate:down\nSELECT 1;\n',
    seed,
  );
  const { exitCode, stdout } = await migrate(['test']);
  expect(stdout).toContain('✗ 20260101000002_change\n    after its down public.people has 1 of 2 rows');
  expect(exitCode).toBe(11);
});

test('11: values that a down does not bring back are named by their column', async () => {
  const { migrate } = await seeded(
    '-- migrate:up\nUPDATE people SET name = upper(name);\n-- migrate:down\nSELECT 1;\n',
    seed,
  );
  const { exitCode, stdout } = await migrate(['test']);
  expect(stdout).toContain('after its down the values of public.people.name are other');
  expect(exitCode).toBe(11);
});

test('what an up drops cannot come back: said, and no failure', async () => {
  const { migrate } = await seeded(
    '-- migrate:up\nALTER TABLE people DROP COLUMN mail;\n-- migrate:down\nALTER TABLE people ADD COLUMN mail text;\n',
    seed,
  );
  const { exitCode, stdout } = await migrate(['test']);
  expect(stdout).toContain('(after its down the values of public.people.mail are other: its up drops the column)');
  expect(exitCode).toBe(0);
});

test.for([
  ['INSERT INTO people VALUES (1);', 'begins with SQL that is under no revision'],
  ['-- after 20260101000009\nSELECT 1;', 'names the revision 20260101000009, which is not there'],
])('2: a seed file that cannot be placed is refused: %s', async ([text = '', message = '']) => {
  const { migrate } = await seeded('-- migrate:up\nSELECT 1;\n', text);
  const { exitCode, stderr } = await migrate(['test']);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

test('11: an upgrade in one run that leads elsewhere than step by step is found', async () => {
  const { migrate } = await createSchemaProject({
    ...people,
    '20260101000002_depends.sql': `-- migrate:up
DO $$ BEGIN IF EXISTS (SELECT FROM migrations.events WHERE event = 'downgrade' OR event LIKE '%revert%') THEN CREATE TABLE seen_a_downgrade (); END IF; END $$;
-- migrate:down
DROP TABLE IF EXISTS seen_a_downgrade;
`,
  });
  const { exitCode, stdout } = await migrate(['test']);
  expect(stdout).toContain('✗ upgrade in one run from base and 1 earlier revision: not the same schema');
  expect(stdout).toContain('from base the upgrade leads to another schema:');
  expect(exitCode).toBe(11);
});

test('scripts, revisions without a transaction and irreversible ones; --since tests what is behind it', async () => {
  const { migrate } = await createSchemaProject({
    ...people,
    '20260101000002_script.ts':
      'export const up = async ({ sql }) => { await sql`CREATE TABLE by_script ()`; };\nexport const down = async ({ sql }) => { await sql`DROP TABLE by_script`; };\n',
    '20260101000003_index.sql':
      '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY people_name ON people (name);\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY people_name;\n',
    '20260101000004_one_way.sql': '-- migrate:up\nCREATE TABLE stays ();\n',
  });
  const all = await migrate(['test']);
  expect(all.stdout).toContain('3 of 4 went up, down and up again without a difference, 1 without a down');
  expect(all.stdout).toContain('✓ upgrade in one run from base and 3 earlier revisions: the same schema');
  expect(all.exitCode).toBe(0);
  const since = await migrate(['test', '--since', '20260101000002', '--json']);
  expect(JSON.parse(since.stdout)).toMatchObject({
    passed: true,
    revisions: [{ name: '20260101000003_index' }, { name: '20260101000004_one_way', outcome: 'irreversible' }],
    heads: { tried: ['base', '20260101000003_index'], problems: [] },
  });
});

test('11: an index that is INVALID at the head is the fault of who brought it', async () => {
  const { migrate } = await createSchemaProject({
    '20260101000001_parts.sql': `-- migrate:up
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (9);
CREATE INDEX parts_id ON ONLY parts (id);
-- migrate:down
DROP TABLE parts;
`,
  });
  const { exitCode, stdout } = await migrate(['test']);
  expect(stdout).toContain('it leaves public.parts_id INVALID');
  expect(exitCode).toBe(11);
});
