import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { createProject } from '../../support/migrations.ts';
import { createSchemaProject } from '../../support/schema-project.ts';

test('11: a down that forgets a type is found, and named', async () => {
  const project = await createSchemaProject({
    '20260101000001_create_members.sql':
      "-- migrate:up\nCREATE TYPE role AS ENUM ('ADMIN');\nCREATE TABLE members (role role);\n-- migrate:down\nDROP TABLE members;\n",
    '20260101000002_more.sql': '-- migrate:up\nCREATE TABLE more ();\n-- migrate:down\nDROP TABLE more;\n',
  });
  const { exitCode, stdout } = await project.migrate(['test']);
  expect(stdout).toContain('✗ 20260101000001_create_members');
  expect(stdout).toContain('+ type public.role');
  expect(stdout).toMatch(/its second up fails: .* type "role" already exists/);
  expect(stdout).toContain('✓ 20260101000002_more');
  expect(exitCode).toBe(11);
});

test('a revision without a down is no failure', async () => {
  const project = await createSchemaProject({
    '20260101000001_one.sql': '-- migrate:up\nCREATE TABLE one ();\n',
    '20260101000002_two.sql': '-- migrate:up\nCREATE TABLE two ();\n-- migrate:down\nDROP TABLE two;\n',
  });
  const { exitCode, stdout } = await project.migrate(['test']);
  expect(stdout).toContain('– 20260101000001_one has no down');
  expect(exitCode).toBe(0);
});

test.for([
  ['a default', 'ALTER TABLE base ALTER COLUMN a SET DEFAULT 1;', 'SELECT 1;', 'default: none → 1'],
  ['a grant', 'GRANT SELECT ON base TO public;', 'SELECT 1;', 'privileges: none → public: select'],
  ['a sequence', 'CREATE SEQUENCE s;', 'SELECT 1;', '+ sequence public.s'],
  ['a function', "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';", 'SELECT 1;', '+ function public.f()'],
  ['a comment', "COMMENT ON TABLE base IS 'x';", 'SELECT 1;', 'comment: none → x'],
  ['a NOT VALID mark', 'ALTER TABLE base VALIDATE CONSTRAINT positive;', 'SELECT 1;', 'validated: no → none'],
])('11: a down that leaves %s behind is found', async ([, up, down, shown]) => {
  const project = await createSchemaProject({
    '20260101000001_base.sql':
      '-- migrate:up\nCREATE TABLE base (a int);\nALTER TABLE base ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;\n-- migrate:down\nDROP TABLE base;\n',
    '20260101000002_change.sql': `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`,
  });
  const { exitCode, stdout } = await project.migrate(['test']);
  expect(stdout).toContain(shown);
  expect(exitCode).toBe(11);
});

test('with the embedded server: nothing but npm packages is needed, and nothing stays behind', async () => {
  const project = await createProject({
    '20260101000001_one.sql': '-- migrate:up\nCREATE TABLE one ();\n-- migrate:down\nDROP TABLE one;\n',
  });
  const { exitCode, stdout } = await project.migrate(['test'], {
    env: { DATABASE_URL: '', TMPDIR: project.directory },
  });
  expect(stdout).toContain('embedded PostgreSQL 16');
  expect(exitCode).toBe(0);
  expect(await readdir(project.directory)).toEqual(['migrations']);
});
