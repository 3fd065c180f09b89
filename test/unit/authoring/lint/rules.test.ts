import { describe, expect, test } from 'vitest';

import { judgeText } from '../../../support/lint.ts';

const rulesOf = async (text: string, options: Parameters<typeof judgeText>[1] = {}): Promise<readonly string[]> =>
  (await judgeText(text, options)).findings.map(({ rule }) => rule);

/** Locks, rewrites and scans are proved on real servers by the matrix (integration); here is what one statement cannot show. */
describe('in one transaction', () => {
  test('NOT VALID and its VALIDATE are objected to; in two revisions they are the recipe', async () => {
    const add = 'ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;';
    const validate = 'ALTER TABLE t VALIDATE CONSTRAINT k;';
    expect(await rulesOf(add + validate)).toEqual(['validate-in-same-transaction']);
    expect(await rulesOf(validate, { earlier: add })).toEqual([]);
  });

  test.each([
    ['CREATE INDEX CONCURRENTLY i ON t (a)', 'CREATE INDEX CONCURRENTLY'],
    ['DROP INDEX CONCURRENTLY i', 'DROP INDEX CONCURRENTLY'],
    ['REINDEX TABLE CONCURRENTLY t', 'REINDEX CONCURRENTLY'],
    ['ALTER TABLE p DETACH PARTITION c CONCURRENTLY', 'DETACH PARTITION CONCURRENTLY'],
    ['VACUUM t', 'VACUUM'],
  ])('%s cannot run, and can without one', async (sql, what) => {
    const { findings } = await judgeText(sql);
    expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toContain(
      `concurrently-in-transaction: fails: ${what} cannot run inside a transaction`,
    );
    expect(await rulesOf(sql, { transactional: false })).not.toContain('concurrently-in-transaction');
  });

  test('a new enum value cannot be used, unless the type is as new', async () => {
    const earlier = "CREATE TYPE mood AS ENUM ('good'); CREATE TABLE t (m mood);";
    const add = "ALTER TYPE mood ADD VALUE 'odd';";
    const use = "INSERT INTO t VALUES ('odd');";
    expect(await rulesOf(add + use, { earlier })).toEqual(['new-enum-value', 'enum-value-used-in-transaction']);
    expect(await rulesOf(earlier + use)).toEqual([]);
  });

  test('work while an earlier statement locks everybody out is objected to once', async () => {
    const text = 'ALTER TABLE t ADD COLUMN x int; UPDATE t SET x = 1 WHERE id < 9; UPDATE t SET x = 2 WHERE id > 9;';
    expect(await rulesOf(text)).toEqual(['work-under-lock']);
    expect(await rulesOf(text, { transactional: false })).toEqual([]);
  });

  test('locks on two tables are a notice', async () => {
    expect(await rulesOf('ALTER TABLE a ADD COLUMN x int; ALTER TABLE b ADD COLUMN x int;')).toEqual([
      'several-tables-locked',
    ]);
  });
});

describe('lock_timeout', () => {
  test.each(['SET lock_timeout = 0', "SET LOCAL lock_timeout = '0s'", "SELECT set_config('lock_timeout', '0', true)"])(
    '%s takes the runner’s away for what follows, not for what came before',
    async (off) => {
      const alter = 'ALTER TABLE t ADD COLUMN x int';
      expect(await rulesOf(`${off}; ${alter}`)).toEqual(['lock-timeout-off']);
      expect(await rulesOf(`${alter}; ${off}`)).toEqual([]);
      expect(await rulesOf(`${off}; RESET lock_timeout; ${alter}`)).toEqual([]);
    },
  );

  test('is missing when the runner is told so, and SET LOCAL does nothing without a transaction', async () => {
    expect(await rulesOf('ALTER TABLE t ADD COLUMN x int', { lockTimeoutMs: 0 })).toEqual(['lock-timeout-off']);
    expect(await rulesOf("SET LOCAL lock_timeout = '1s'", { transactional: false })).toEqual([
      'set-local-without-transaction',
    ]);
  });
});

describe('statement_timeout', () => {
  const rewrite = 'REFRESH MATERIALIZED VIEW t;';
  const about = async (text: string, options: Parameters<typeof judgeText>[1] = {}): Promise<readonly string[]> =>
    (await rulesOf(text, options)).filter((rule) => rule.startsWith('statement-timeout'));

  test('is missing where a lock that stops others is held during work, and only there', async () => {
    expect(await about(rewrite)).toEqual(['statement-timeout-off']);
    expect(await about(rewrite + rewrite)).toEqual(['statement-timeout-off']);
    expect(await about('ALTER TABLE t ADD COLUMN x int;')).toEqual([]);
    // The rewrite itself is an error; who accepts that hears of the timeout then (allow.test.ts).
    expect(await about('ALTER TABLE t ALTER COLUMN a TYPE bigint;')).toEqual([]);
    expect(await about('ALTER TABLE t VALIDATE CONSTRAINT k;')).toEqual([]);
  });

  test.each([
    ["SET LOCAL statement_timeout = '30s'", []],
    ['SET statement_timeout = 30000', []],
    ["SELECT set_config('statement_timeout', '45s', true)", []],
    ["SET LOCAL statement_timeout = '10min'", ['statement-timeout-off']],
    ["SET LOCAL statement_timeout = '30s'; RESET statement_timeout", ['statement-timeout-off']],
  ])('%s', async (set, expected) => {
    expect(await about(`${set}; ${rewrite}`)).toEqual(expected);
  });

  test('of the runner counts, and SET LOCAL without a transaction does not', async () => {
    expect(await about(rewrite, { statementTimeoutMs: 20_000 })).toEqual([]);
    expect(await about(`SET LOCAL statement_timeout = '9s'; ${rewrite}`, { transactional: false })).toEqual([
      'statement-timeout-off',
    ]);
  });

  test('would leave an INVALID index of CREATE INDEX CONCURRENTLY', async () => {
    const build = 'CREATE INDEX CONCURRENTLY i ON t (a);';
    const options = { transactional: false, statementTimeoutMs: 20_000 };
    expect(await about(build, options)).toEqual(['statement-timeout-cuts-build']);
    expect(await about(`SET statement_timeout = 0; ${build}`, options)).toEqual([]);
  });
});

test('a lock_timeout of minutes is as bad as none', async () => {
  expect(await rulesOf("SET LOCAL lock_timeout = '5min'; ALTER TABLE t ADD COLUMN x int;")).toEqual([
    'lock-timeout-off',
  ]);
});

describe('what the revision made itself', () => {
  test('may be changed in any way, under its new name and in its new schema too', async () => {
    const text = `CREATE TABLE t (a int, b int); ALTER TABLE t RENAME TO u; CREATE INDEX ON u (a); ALTER TABLE u ALTER COLUMN b SET NOT NULL;
      ALTER TABLE u SET SCHEMA app; ALTER TABLE app.u DROP COLUMN b; DROP TABLE app.u;`;
    expect(await rulesOf(text)).toEqual([]);
  });

  test('is another table when the schema is another one, and IF NOT EXISTS proves nothing new', async () => {
    expect(await rulesOf('CREATE TABLE staging.t (a int); CREATE INDEX ON public.t (a);')).toEqual([
      'create-index-not-concurrently',
    ]);
    const earlier = 'CREATE TABLE t (a int);';
    expect(await rulesOf('CREATE TABLE IF NOT EXISTS t (a int); CREATE INDEX ON t (a);', { earlier })).toEqual([
      'create-index-not-concurrently',
    ]);
  });

  test('is in use like any other in the next revision, and at once when rows came in without a transaction', async () => {
    expect(await rulesOf('CREATE INDEX ON t (a);', { earlier: 'CREATE TABLE t (a int);' })).toHaveLength(1);
    const text = 'CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE INDEX ON t (a);';
    expect(await rulesOf(text, { transactional: false })).toEqual(['create-index-not-concurrently']);
    expect(await rulesOf(text)).toEqual([]);
  });

  test('exempts a column of an old table from what would break old code', async () => {
    const earlier = 'CREATE TABLE t (a int);';
    const text = 'ALTER TABLE t ADD COLUMN x int; ALTER TABLE t RENAME COLUMN x TO y;';
    expect(await rulesOf(text, { earlier })).toEqual([]);
    expect(await rulesOf('ALTER TABLE t RENAME COLUMN a TO b;', { earlier })).toEqual(['rename-column']);
    // Of a table that no file makes as well.
    expect(await rulesOf(text)).toEqual([]);
  });
});

describe('versions', () => {
  test.each([
    ['ALTER TABLE t ADD CONSTRAINT k NOT NULL a NOT VALID', 18],
    ['ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a) VIRTUAL', 18],
    ['CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT)', 15],
    ['CREATE TABLE t (a uuid DEFAULT uuidv7())', 18],
  ])('%s needs PostgreSQL %i', async (sql, version) => {
    expect(await rulesOf(sql, { versions: { from: version - 1, to: 18 } })).toContain('needs-newer-postgres');
    expect(await rulesOf(sql, { versions: { from: version, to: 18 } })).not.toContain('needs-newer-postgres');
  });
});

describe('recipes', () => {
  test('are SQL for this very statement', async () => {
    const { findings } = await judgeText(
      'ALTER TABLE app."Order" ADD COLUMN a int, ADD CONSTRAINT fits FOREIGN KEY (a, b) REFERENCES x (a, b) ON DELETE CASCADE;',
    );
    expect(findings.map(({ recipe }) => recipe)).toEqual([
      `ALTER TABLE app."Order" ADD CONSTRAINT fits FOREIGN KEY (a, b) REFERENCES x (a, b) ON DELETE CASCADE NOT VALID;
-- in a later revision:
ALTER TABLE app."Order" VALIDATE CONSTRAINT fits;`,
    ]);
    const [unique] = (await judgeText('alter table t add unique (a, "B")')).findings;
    expect(unique?.recipe).toBe(`-- in a revision of its own, with \`-- migrate:up transaction:false\`:
CREATE UNIQUE INDEX CONCURRENTLY "t_a_B_key" ON t (a, "B");
-- in a later revision:
ALTER TABLE t ADD CONSTRAINT "t_a_B_key" UNIQUE USING INDEX "t_a_B_key";`);
  });
});

test('a check beside a column is told with its own condition', async () => {
  const [finding] = (await judgeText("ALTER TABLE t ADD COLUMN x int CHECK ((x > 0) AND x <> length(')'))")).findings;
  expect(finding?.recipe)
    .toBe(`ALTER TABLE t ADD COLUMN x int, ADD CONSTRAINT t_x_check CHECK ((x > 0) AND x <> length(')')) NOT VALID;
-- in a later revision:
ALTER TABLE t VALIDATE CONSTRAINT t_x_check;`);
});

describe('bad input', () => {
  test('deep nesting, a statement of thousands of commands and thousands of statements are read', async () => {
    const calls = `SELECT ${'f('.repeat(1_500)}1${')'.repeat(1_500)};`;
    const parentheses = `SELECT ${'('.repeat(5_000)}1${')'.repeat(5_000)};`;
    const columns = `ALTER TABLE t ${Array.from({ length: 500 }, (_, index) => `ADD COLUMN c${index} int`).join(', ')};`;
    const many = 'COMMENT ON TABLE t IS NULL;'.repeat(5_000);
    const judged = await judgeText(`${calls}${parentheses}${columns}${many}CREATE INDEX ON t (a);`);
    expect(judged.statements).toHaveLength(5_004);
    expect(judged.findings.map(({ rule }) => rule)).toContain('create-index-not-concurrently');
  });

  test('a NUL character hides nothing', async () => {
    const { findings } = await judgeText('SELECT 1\0DROP TABLE x');
    expect(findings).toMatchObject([{ rule: 'unparsable', message: 'it holds a NUL character', column: 9 }]);
  });
});
