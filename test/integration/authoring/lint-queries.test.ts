import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { createSchemaProject, type SchemaProject } from '../../support/schema-project.ts';

const base = `-- migrate:up
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, age int, note text);
-- migrate:down
DROP TABLE users;
`;

async function projectWith(change: string, queries: Readonly<Record<string, string>>): Promise<SchemaProject> {
  const project = await createSchemaProject({
    '20260101000001_users.sql': base,
    '20260101000002_change.sql': `-- migrate:up\n-- migrate:allow-file drop-column tried here\n-- migrate:allow-file rename-column tried here\n${change}\n`,
  });
  await mkdir(join(project.directory, 'queries'));
  for (const [name, text] of Object.entries(queries)) await writeFile(join(project.directory, 'queries', name), text);
  return project;
}

const lint = ['lint', '--since', '20260101000001', '--queries', 'queries', '--json'];

async function findingsOf(project: SchemaProject, args: readonly string[] = lint): Promise<readonly string[]> {
  const { stdout, stderr } = await project.migrate(args);
  const { findings } = JSON.parse(stdout || stderr) as {
    findings: readonly { rule: string; file: string; line: number; revision: string }[];
  };
  return findings
    .filter(({ rule }) => /query|insert-misses/.test(rule))
    .map(({ rule, file, line, revision }) => `${file}:${line} ${rule} ${revision}`.trim());
}

describe('lint --queries', () => {
  test('names the query of the running application that a revision breaks, and leaves the others alone', async () => {
    const project = await projectWith('ALTER TABLE users RENAME COLUMN email TO mail;', {
      'users.sql': 'SELECT id FROM users WHERE id = $1;\n\nSELECT id,\n  email FROM users WHERE age > $1;\n',
    });
    expect(await findingsOf(project)).toEqual(['queries/users.sql:3 breaks-query 20260101000002_change']);
    const { exitCode, stdout } = await project.migrate(lint.slice(0, -1));
    expect(stdout).toContain('from then on it fails: column "email" does not exist (SQLSTATE 42703)');
    expect(exitCode).toBe(11);
  });

  test.for([
    ['a list of columns', 'INSERT INTO users (id, email) VALUES ($1, $2)'],
    ['no list', 'INSERT INTO users VALUES ($1, $2, $3, $4)'],
    ['rows of a query', 'INSERT INTO users (id, email) SELECT id + 1, email FROM users'],
  ])('an INSERT with %s that leaves out a column which must have a value by now is found', async ([, query = '']) => {
    const project = await projectWith('ALTER TABLE users ADD COLUMN phone text NOT NULL;', { 'a.sql': query });
    expect(await findingsOf(project)).toEqual(['queries/a.sql:1 insert-misses-column 20260101000002_change']);
  });

  test.for([
    'ALTER TABLE users ADD COLUMN phone text;',
    "ALTER TABLE users ADD COLUMN phone text NOT NULL DEFAULT '';",
    'ALTER TABLE users ADD COLUMN phone int GENERATED ALWAYS AS IDENTITY;',
    'ALTER TABLE users DROP COLUMN note;',
  ])('what old code can live with is no finding: %s', async (change) => {
    const project = await projectWith(change, {
      'a.sql':
        'INSERT INTO users (id, email) VALUES ($1, $2); SELECT email FROM users; UPDATE users SET age = age + 1;',
    });
    expect(await findingsOf(project)).toEqual([]);
  });

  test('another type in the answer is a warning', async () => {
    const project = await projectWith('ALTER TABLE users ALTER COLUMN age TYPE text;', {
      'a.sql': 'SELECT age FROM users',
    });
    expect(await findingsOf(project)).toEqual(['queries/a.sql:1 changes-query-result 20260101000002_change']);
  });

  test('a query that failed before is said to be unchecked, not clean', async () => {
    const project = await projectWith('SELECT 1;', { 'a.sql': 'SELECT nothing FROM users' });
    expect(await findingsOf(project)).toEqual(['queries/a.sql:1 query-not-checked']);
  });

  test.for([
    ['.json', JSON.stringify([{ query: 'COMMIT', calls: 9 }, { query: 'SELECT email FROM users WHERE id = $1' }])],
    ['.csv', 'calls,query\n9,COMMIT\n7,"SELECT ""email"", \'a,b\'\nFROM users WHERE id = $1"\n'],
  ])(
    'an export of pg_stat_statements (%s) is read, and what has no plan is left out',
    async ([extension = '', text = '']) => {
      const project = await projectWith('ALTER TABLE users DROP COLUMN email;', {});
      const file = `export${extension}`;
      await writeFile(join(project.directory, file), text);
      const found = await findingsOf(project, ['lint', '--since', '20260101000001', '--queries', file, '--json']);
      expect(found).toEqual([`${file}:2 breaks-query 20260101000002_change`]);
    },
  );

  test.for([
    ['nowhere', 'nowhere is not there.'],
    ['queries', 'queries holds no query.'],
  ])('2: %s is named', async ([path = '', message]) => {
    const project = await projectWith('SELECT 1;', {});
    const { exitCode, stderr } = await project.migrate(['lint', '--queries', path]);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});
