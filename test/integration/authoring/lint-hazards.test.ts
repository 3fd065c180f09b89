import pg from 'pg';
import { expect, inject, test } from 'vitest';

import { judgeText } from '../../support/lint.ts';
import { createSchemaProject } from '../../support/schema-project.ts';

/** In a transaction on the tests' server that is rolled back. */
async function onServer<Answer>(work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ ...inject('server'), database: 'postgres' });
  await client.connect();
  try {
    await client.query('BEGIN; CREATE SCHEMA hazards; SET LOCAL search_path = hazards');
    return await work(client);
  } finally {
    await client.end();
  }
}

test('a longer varchar fails what is prepared with 0A000 and takes the statistics away, as cached-plan-breaks says', async () => {
  await onServer(async (client) => {
    await client.query(
      "CREATE TABLE t (a varchar(9)); INSERT INTO t SELECT 'x' FROM generate_series(1, 99); ANALYZE t; PREPARE p AS SELECT a FROM t",
    );
    const statistics = async (): Promise<number | null> =>
      (await client.query("SELECT attname FROM pg_stats WHERE schemaname = 'hazards'")).rowCount;
    expect(await statistics()).toBe(1);
    await client.query('EXECUTE p; ALTER TABLE t ALTER a TYPE varchar(20)');
    expect(await statistics()).toBe(0);
    await expect(client.query('EXECUTE p')).rejects.toMatchObject({ code: '0A000' });
  });
});

test('what several-alters-of-one-table makes one statement goes through the table once', async () => {
  const table = 'CREATE TABLE t (a int, b int, c int);';
  const two = ['ALTER TABLE t ALTER a SET NOT NULL;', 'ALTER TABLE t ALTER b SET NOT NULL, ADD CHECK (c > 0);'];
  const { findings } = await judgeText(two.join('\n'), { earlier: table });
  const { recipe = '' } = findings.find(({ rule }) => rule === 'several-alters-of-one-table') ?? {};
  const passes = (statements: string): Promise<number> =>
    onServer(async (client) => {
      await client.query(`${table} INSERT INTO t SELECT 1, 1, 1 FROM generate_series(1, 9)`);
      let seen = 0;
      client.on('notice', ({ message = '' }) => {
        if (/^(?:verifying|rewriting) table "t"/.test(message)) seen += 1;
      });
      await client.query(`SET LOCAL client_min_messages = debug1; ${statements}`);
      return seen;
    });
  expect(await passes(two.join(' '))).toBe(2);
  expect(await passes(recipe)).toBe(1);
});

const tables =
  '-- migrate:up\nCREATE TABLE p (id bigint PRIMARY KEY);\nCREATE TABLE c (id bigint PRIMARY KEY, p_id bigint);\n';
const key = '-- migrate:up\nALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p (id) NOT VALID;\n';
const index = '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY c_p_id_idx ON c (p_id);\n';

test.for([
  ['is told without an index', {}, 1],
  ['is silent with one in a later revision', { '20260101000003_index.sql': index }, 0],
] as const)('migrate lint and migrate plan: a foreign key %s', async ([, more, count]) => {
  const project = await createSchemaProject({
    '20260101000001_tables.sql': tables,
    '20260101000002_key.sql': key,
    ...more,
  });
  const lint = await project.migrate(['lint', '--since', '20260101000001']);
  expect(lint.exitCode).toBe(0);
  expect(lint.stdout.match(/foreign-key-without-index/g) ?? []).toHaveLength(count);
  const plan = await project.migrate(['plan', '--json']);
  expect(plan.stdout.match(/foreign-key-without-index/g) ?? []).toHaveLength(count);
  expect(plan.exitCode).toBe(0);
});
