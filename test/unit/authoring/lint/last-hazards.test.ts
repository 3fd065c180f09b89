import { describe, expect, test } from 'vitest';

import { withoutIndexedLater } from '../../../../src/authoring/lint/unindexed-keys.ts';
import { judgeText } from '../../../support/lint.ts';

type Options = NonNullable<Parameters<typeof judgeText>[1]>;

async function foundOf(rule: string, text: string, options: Options = {}): Promise<readonly string[]> {
  const { findings } = await judgeText(text, options);
  return findings
    .filter((finding) => finding.rule === rule)
    .map(({ message, recipe }) => `${message}\n${recipe ?? ''}`);
}

describe('foreign-key-without-index', () => {
  const earlier =
    'CREATE TABLE p (id int PRIMARY KEY, b int, UNIQUE (id, b)); CREATE TABLE c (p_id int, b int, x int);';
  const key = 'ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p (id) NOT VALID;';
  const found = (text: string, before = earlier): Promise<readonly string[]> =>
    foundOf('foreign-key-without-index', text, { earlier: before });

  test('says who reads the whole child, with the index for this very key', async () => {
    expect(await found(key)).toEqual([
      `whoever deletes a row of p, or changes its key, reads all of c to find what refers to it: no index of c begins with p_id
-- in a revision of its own, with \`-- migrate:up transaction:false\`:
CREATE INDEX CONCURRENTLY c_p_id_idx ON c (p_id);`,
    ]);
  });

  test.each([
    ['ALTER TABLE c ADD COLUMN other_id int REFERENCES p', 'other_id'],
    ['CREATE TABLE d (p_id int REFERENCES p (id))', 'p_id'],
    ['CREATE TABLE d (p_id int, b int, FOREIGN KEY (p_id, b) REFERENCES p (id, b))', 'p_id, b'],
  ])('%s', async (sql, columns) => {
    const [finding = ''] = await found(sql);
    expect(finding).toContain(`begins with ${columns}\n`);
    expect(finding).toContain(`(${columns});`);
  });

  test.each([
    ['an index', 'CREATE INDEX i ON c (p_id, x);', true],
    ['an index of other columns first', 'CREATE INDEX i ON c (x, p_id);', false],
    ['a unique constraint', 'ALTER TABLE c ADD UNIQUE (p_id);', true],
    [
      'a constraint that took its index over',
      'CREATE UNIQUE INDEX i ON c (p_id); ALTER TABLE c ADD CONSTRAINT u UNIQUE USING INDEX i;',
      true,
    ],
    ['an index of some rows', 'CREATE INDEX i ON c (p_id) WHERE x > 0;', false],
    ['an index without the rows that refer to nothing', 'CREATE INDEX i ON c (p_id) WHERE p_id IS NOT NULL;', true],
    ['an index without rows that do refer', 'CREATE INDEX i ON c (p_id, x) WHERE x IS NOT NULL;', false],
    ['an index that finds no equal values', 'CREATE INDEX i ON c USING brin (p_id);', false],
    ['an index that was dropped', 'CREATE INDEX i ON c (p_id); DROP INDEX i;', false],
    [
      'the index of a dropped constraint',
      'ALTER TABLE c ADD CONSTRAINT u UNIQUE (p_id); ALTER TABLE c DROP CONSTRAINT u;',
      false,
    ],
    [
      'an index of the old name',
      'ALTER TABLE c RENAME COLUMN p_id TO y; CREATE INDEX i ON c (y); ALTER TABLE c RENAME COLUMN y TO p_id;',
      true,
    ],
    ['a table of which only a part is known', '', true],
  ])('%s', async (_, before, isFine) => {
    const known = before === '' ? '' : earlier + before;
    expect(await found(key, known)).toHaveLength(isFine ? 0 : 1);
  });

  test.each([
    'CREATE INDEX i ON c (p_id);',
    'ALTER TABLE c DROP CONSTRAINT k;',
    'ALTER TABLE c DROP COLUMN p_id;',
    'DROP TABLE c;',
    'ALTER TABLE c RENAME TO d; CREATE INDEX i ON d (p_id);',
  ])('is silent when this follows in the revision: %s', async (later) => {
    expect(await found(key + later)).toEqual([]);
  });

  test('is silent when a later revision of the same files brings the index', async () => {
    const first = await judgeText(key, { earlier });
    const second = await judgeText('CREATE INDEX CONCURRENTLY i ON c (p_id);', {
      earlier: earlier + key,
      transactional: false,
    });
    const left = (judged: typeof first): number =>
      withoutIndexedLater(first.findings, first.unindexed, judged.after).filter(
        ({ rule }) => rule === 'foreign-key-without-index',
      ).length;
    expect([left(first), left(second)]).toEqual([1, 0]);
  });

  test('a table that the revision makes gets its index in the revision, a partitioned one its own way', async () => {
    expect((await found('CREATE TABLE d (p_id int REFERENCES p (id))'))[0]).toContain(
      '\n-- in this revision while it is applied nowhere, else CONCURRENTLY in a revision of its own:\nCREATE INDEX d_p_id_idx ON d (p_id);',
    );
    const parted = `${earlier} CREATE TABLE e (p_id int) PARTITION BY LIST (p_id);`;
    expect((await found('ALTER TABLE e ADD FOREIGN KEY (p_id) REFERENCES p (id);', parted))[0]).toContain(
      'ON ONLY e (p_id)',
    );
  });
});

describe('several-alters-of-one-table', () => {
  const earlier =
    'CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int); CREATE TABLE o (id int PRIMARY KEY, a int);';
  const found = (text: string, transactional = true): Promise<readonly string[]> =>
    foundOf('several-alters-of-one-table', text, { earlier, transactional });
  const [first, second] = [
    'ALTER TABLE t ALTER COLUMN a TYPE bigint;',
    'ALTER TABLE t ALTER b SET NOT NULL, ADD CHECK (c > 0);',
  ];

  test('are one statement that reads or writes the table once', async () => {
    expect(await found(first + second)).toEqual([
      `goes through all of t, as statement 1 has done already: one statement goes through it once
ALTER TABLE t ALTER COLUMN a TYPE bigint, ALTER b SET NOT NULL, ADD CHECK (c > 0);`,
    ]);
    const { findings } = await judgeText(first + second, { earlier });
    expect(findings.map(({ rule }) => rule)).not.toContain('work-under-lock');
  });

  test('of three the last has them all', async () => {
    const all = await found(`${first}${second}ALTER TABLE t ADD CHECK (id > 0);`);
    expect(all.at(-1)).toContain('TYPE bigint, ALTER b SET NOT NULL, ADD CHECK (c > 0), ADD CHECK (id > 0);');
  });

  test.each([
    ['the second does no work', `${first}ALTER TABLE t ADD COLUMN x int;`],
    ['rows are changed between them', `${first}UPDATE t SET b = 1 WHERE b IS NULL;${second}`],
    ['they are about two tables', `${first}ALTER TABLE o ALTER COLUMN a TYPE bigint;`],
    [
      'each looks its rows up alone',
      'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o; ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o;',
    ],
    ['each builds an index', 'ALTER TABLE t ADD UNIQUE (a); ALTER TABLE t ADD UNIQUE (b);'],
    [
      'the split is the recipe, wrongly used',
      'ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT k;',
    ],
    ['one column gets two types', `${first}ALTER TABLE t ALTER COLUMN a TYPE text;`],
    ['the table is new', `CREATE TABLE n (a int, b int); ${(first + second).replaceAll('TABLE t', 'TABLE n')}`],
  ])('not when %s', async (_, text) => {
    expect(await found(text)).toEqual([]);
  });

  test('of thousands the recipes stay short enough to be read', async () => {
    const all = await found('ALTER TABLE t ADD CHECK (c > 0);'.repeat(2_000));
    expect(all.length).toBeGreaterThan(1_900);
    expect(Math.max(...all.map(({ length }) => length))).toBeLessThan(2_000);
  });

  test('not outside a transaction, where each frees its lock', async () => {
    expect(await found(first + second, false)).toEqual([]);
  });
});

describe('a change of type', () => {
  const earlier =
    'CREATE TABLE t (a varchar(9), w text, c text COLLATE "C"); CREATE INDEX i ON t (w); CREATE INDEX j ON t (c);';
  const rulesOf = async (sql: string): Promise<readonly string[]> =>
    (await judgeText(sql, { earlier })).findings.map(({ rule }) => rule);

  test('that is free fails prepared statements and costs the statistics', async () => {
    expect(await foundOf('cached-plan-breaks', 'ALTER TABLE t ALTER a TYPE varchar(20);', { earlier })).toEqual([
      `statements that read t.a and that a connection has prepared before fail with 0A000 (cached plan must not change result type) until it prepares them anew; and the planner’s statistics of the column are gone
-- behind it, in a later revision:
ANALYZE t (a);
-- and connections that outlive the deployment prepare their statements anew, or are closed`,
    ]);
    expect(await rulesOf('ALTER TABLE t ALTER a TYPE varchar(9);')).toEqual([]);
    expect(await rulesOf('ALTER TABLE t ADD x varchar(9); ALTER TABLE t ALTER x TYPE varchar(20);')).toEqual([]);
  });

  test('that writes the table says both in its own finding', async () => {
    const [finding] = (await judgeText('ALTER TABLE t ALTER a TYPE int USING a::int;', { earlier })).findings;
    expect(finding?.message).toContain('0A000');
    expect(finding?.recipe).toContain('ANALYZE t (a_new);');
  });

  test.each([
    ['ALTER TABLE t ALTER w TYPE text COLLATE "C"', true],
    ['ALTER TABLE t ALTER c TYPE text', true],
    ['CREATE INDEX k ON t (w) WHERE length(a) > 2; ALTER TABLE t ALTER a TYPE text', true],
    ['CREATE INDEX k ON t (lower(a)); ALTER TABLE t ALTER a TYPE text', true],
    ['CREATE INDEX k ON t (lower(w)); ALTER TABLE t ALTER a TYPE text', false],
    ['ALTER TABLE t ALTER c TYPE text COLLATE pg_catalog."C"', false],
    ['ALTER TABLE t ALTER w TYPE varchar', false],
    ['ALTER TABLE t ALTER a TYPE text COLLATE "C"', false],
  ])('builds indexes anew for another collation, and those with WHERE or an expression: %s', async (sql, builds) => {
    expect((await rulesOf(sql)).includes('change-indexed-column-type')).toBe(builds);
  });
});

test.each([
  ['ALTER EXTENSION pg_trgm UPDATE', 'update-extension'],
  ["ALTER EXTENSION pg_trgm UPDATE TO '1.6'", 'update-extension'],
  ['ALTER COLLATION german REFRESH VERSION', 'refresh-collation-version'],
  ['ALTER DATABASE shop REFRESH COLLATION VERSION', 'refresh-collation-version'],
])('%s is a step to be looked at', async (sql, rule) => {
  const { findings } = await judgeText(sql);
  expect(findings.map((finding) => `${finding.rule} ${finding.severity}`)).toEqual([`${rule} notice`]);
});
