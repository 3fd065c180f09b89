import { describe, expect, test } from 'vitest';

import { judgeRelease, judgeText } from '../../../support/lint.ts';

const earlier = 'CREATE TABLE t (id int PRIMARY KEY, name text, price int, note text);';
const copy = 'UPDATE t SET full_name = name WHERE id < 9;';
const add = 'ALTER TABLE t ADD COLUMN full_name text;';
const drop = 'ALTER TABLE t DROP COLUMN name;';

/** Only what this file is about. */
async function contracts(revisions: Readonly<Record<string, string>>, before = earlier): Promise<readonly string[]> {
  const found = await judgeRelease(before, revisions);
  return found.filter((line) => /contract-with-expand|drop-unreleased|drop-column|rename/.test(line));
}

describe('a contract in the release of its expand', () => {
  test.each([
    [
      'a column whose values were copied is dropped',
      { a: add, b: copy, c: drop },
      ['c contract-with-expand', 'c drop-column'],
    ],
    ['in one revision too', { a: add + copy + drop }, ['a contract-with-expand', 'a drop-column']],
    [
      'a trigger keeps both',
      {
        a: `${add} CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.full_name := NEW.name; RETURN NEW; END';
            CREATE TRIGGER keeps BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION keep();`,
        b: drop,
      },
      ['b contract-with-expand', 'b drop-column'],
    ],
    [
      'the new column takes the old one’s name',
      {
        a: 'ALTER TABLE t ADD COLUMN price_new bigint;',
        b: 'ALTER TABLE t DROP COLUMN price;',
        c: 'ALTER TABLE t RENAME COLUMN price_new TO price;',
      },
      ['b drop-column', 'c contract-with-expand'],
    ],
    [
      'a table whose rows were copied is dropped',
      { a: 'CREATE TABLE u (id int, name text); INSERT INTO u SELECT id, name FROM t;', b: 'DROP TABLE t;' },
      ['b contract-with-expand'],
    ],
    [
      'a column that moved to another table is dropped',
      {
        a: 'CREATE TABLE notes (id int, note text); INSERT INTO notes SELECT id, note FROM t;',
        b: 'ALTER TABLE t DROP COLUMN note;',
      },
      ['b contract-with-expand', 'b drop-column'],
    ],
    [
      'a new column without a default becomes NOT NULL',
      {
        a: add,
        b: 'ALTER TABLE t ADD CONSTRAINT p CHECK (full_name IS NOT NULL) NOT VALID;',
        c: 'ALTER TABLE t VALIDATE CONSTRAINT p; ALTER TABLE t ALTER COLUMN full_name SET NOT NULL;',
      },
      ['b contract-with-expand'],
    ],
    [
      'the names say it, and something of before the release goes',
      {
        '20260101_change_expand': 'ALTER TABLE t ADD COLUMN x int;',
        '20260102_change_contract': 'ALTER TABLE t DROP COLUMN note;',
      },
      ['20260102_change_contract drop-column', '20260102_change_contract contract-with-expand'],
    ],
    [
      'the marks say it of the same table',
      {
        a: '-- migrate:phase expand\nALTER TABLE t ADD COLUMN x int;',
        b: '-- migrate:phase contract\nALTER TABLE t DROP COLUMN note;',
      },
      ['b drop-column', 'b contract-with-expand'],
    ],
  ])('%s', async (_, revisions, expected) => {
    expect(await contracts(revisions as Readonly<Record<string, string>>)).toEqual(expected);
  });
});

describe('is not', () => {
  test.each([
    ['when the expand was released before', { c: drop }, `${earlier}${add}${copy}`, ['c drop-column']],
    ['when nothing takes the place of what goes', { a: add, b: drop }, earlier, ['b drop-column']],
    [
      'when the new column is filled from another',
      { a: `${add} UPDATE t SET full_name = note WHERE id < 9;`, b: drop },
      earlier,
      ['b drop-column'],
    ],
    [
      'when the new column has a default',
      {
        a: "ALTER TABLE t ADD COLUMN full_name text DEFAULT '';",
        b: 'ALTER TABLE t ALTER COLUMN full_name SET NOT NULL;',
      },
      earlier,
      [],
    ],
    [
      'when the whole table is new',
      {
        a: 'CREATE TABLE u (id int);',
        b: 'ALTER TABLE u ADD COLUMN x int;',
        c: 'ALTER TABLE u ALTER COLUMN x SET NOT NULL;',
      },
      earlier,
      [],
    ],
    [
      'for a contract that takes nothing of before the release away',
      { '1_x_expand': add, '2_x_contract': 'DROP INDEX i;' },
      `${earlier} CREATE INDEX i ON t (name);`,
      [],
    ],
    [
      'for marks on different tables',
      {
        a: '-- migrate:phase expand\nALTER TABLE u ADD COLUMN x int;',
        b: '-- migrate:phase contract\nALTER TABLE t DROP COLUMN note;',
      },
      `${earlier} CREATE TABLE u (id int);`,
      ['b drop-column'],
    ],
  ])('%s', async (_, revisions, before, expected) => {
    expect(await contracts(revisions as unknown as Readonly<Record<string, string>>, before)).toEqual(expected);
  });
});

describe('what came with the release itself', () => {
  test('and goes again is only told, under its new name too: no running code knows it', async () => {
    expect(await contracts({ a: add, b: 'ALTER TABLE t DROP COLUMN full_name;' })).toEqual(['b drop-unreleased']);
    expect(
      await contracts({ a: 'CREATE TABLE u (id int);', b: 'ALTER TABLE u RENAME TO w;', c: 'DROP TABLE w;' }),
    ).toEqual(['c drop-unreleased']);
    expect(await contracts({ a: add, b: 'ALTER TABLE t RENAME COLUMN full_name TO whole;' })).toEqual([]);
  });

  test('is never what was there before, renamed', async () => {
    expect(await contracts({ a: 'ALTER TABLE t RENAME TO u;', b: 'DROP TABLE u;' })).toEqual(['a rename-table']);
    expect(await judgeRelease(earlier, { a: 'ALTER TABLE t RENAME TO u;', b: 'DROP TABLE u;' })).toContain(
      'b drop-table',
    );
  });
});

test('a table that is renamed is still there for old code when the same transaction makes a view of its old name', async () => {
  const rename = 'ALTER TABLE t RENAME TO u;';
  const view = 'CREATE VIEW t AS SELECT * FROM u;';
  const rules = async (text: string, transactional = true) =>
    (await judgeText(text, { earlier, transactional })).findings.map(({ rule }) => rule);
  expect(await rules(rename + view)).toEqual([]);
  expect(await rules(rename)).toEqual(['rename-table']);
  expect(await rules(rename + view, false)).toEqual(['rename-table']);
});
