import { expect, test } from 'vitest';

import { parseStatements } from '../../../../src/authoring/lint/parse-statements.ts';
import { splitStatements } from '../../../../src/runner/files/split-statements.ts';
import { matrixCases, matrixSchema } from '../../../support/lint-cases.ts';
import { judgeText } from '../../../support/lint.ts';

const more = [
  'UPDATE t SET a = 1',
  'DELETE FROM t RETURNING id',
  'ALTER TABLE t ALTER COLUMN a TYPE numeric(10, 2) USING a::numeric',
  'CREATE TABLE "Part" PARTITION OF part FOR VALUES FROM (1) TO (2) PARTITION BY LIST (k)',
  'ALTER DOMAIN plain ADD CHECK (VALUE > 0)',
  "ALTER TABLE t ADD COLUMN x varchar(9) DEFAULT upper('a') REFERENCES other (id)",
];

test('every recipe is SQL that the server reads, with nothing left to fill in outside its comments', async () => {
  const wrong: string[] = [];
  for (const sql of [...matrixCases.map((one) => one.sql), ...more]) {
    const { findings } = await judgeText(sql, { earlier: matrixSchema, versions: { from: 18, to: 18 } });
    for (const { rule, recipe = '' } of findings) {
      const statements = await parseStatements(splitStatements(recipe));
      const code = recipe.replace(/--.*$/gm, '');
      if (code.includes('…') || statements.some(({ problem }) => problem)) wrong.push(`${rule}: ${recipe}`);
    }
  }
  expect(wrong).toEqual([]);
}, 60_000);

test('a recipe keeps what the statement says: its type, its bounds, its values', async () => {
  const recipeOf = async (sql: string): Promise<string> =>
    (await judgeText(sql, { earlier: matrixSchema })).findings.map(({ recipe }) => recipe).join('\n');
  expect(await recipeOf('ALTER TABLE t RENAME COLUMN n TO amount')).toContain('ADD COLUMN amount numeric(10, 2);');
  expect(await recipeOf('UPDATE t SET a = 1')).toContain('UPDATE t SET a = 1 WHERE id BETWEEN $1 AND $2;');
  expect(await recipeOf('CREATE TABLE p PARTITION OF part FOR VALUES FROM (200) TO (300)')).toContain(
    'ATTACH PARTITION p FOR VALUES FROM (200) TO (300);',
  );
});

test('thousands of statements are judged in seconds: what each costs does not grow with those before it', async () => {
  const text = (count: number): string =>
    Array.from({ length: count }, (_, index) => `ALTER TABLE t${index} ADD COLUMN c int;`).join('\n');
  const secondsFor = async (count: number): Promise<number> => {
    const begun = performance.now();
    await judgeText(text(count));
    return (performance.now() - begun) / 1_000;
  };
  await secondsFor(500);
  const [few, many] = [await secondsFor(1_000), await secondsFor(4_000)];
  // Four times as many; sixteen would be quadratic. The machine may be busy.
  expect(many).toBeLessThan(Math.max(10 * few, 3));
}, 60_000);
