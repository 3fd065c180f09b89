import { describe, expect, it } from 'vitest';

import { SplitError, splitStatements, type Statement } from '../../../../src/runner/files/split-statements.ts';
import { seededRandom } from './seeded-random.ts';

const statements = [
  'SELECT 1',
  "INSERT INTO t VALUES ('it''s; fine', E'a\\';b', U&'\\0061;')",
  'SELECT 1 AS "a;""b"',
  'DO $do$ BEGIN PERFORM 1; /* END; EXCEPTION */ END; $do$',
  'SELECT $é$ ; $$ ; $é$, a$b$',
  'CREATE FUNCTION f(x int) RETURNS int BEGIN ATOMIC SELECT CASE x WHEN 1 THEN 2 END; SELECT 2; END',
  'CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)',
  'CREATE INDEX CONCURRENTLY i\r\n\tON t /* ; /* ; */ ; */ (a) -- ;\n WHERE b',
  "COMMENT ON TABLE t IS '🚀; -- /* $$'",
  'COMMIT',
] as const;
const gaps = [
  '',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '-- it\'s; "$$ /* x\n',
  '-- x\r\n',
  '/* ; */',
  '/* /* it\'s; */ " */',
  '/**/',
  ';',
] as const;

const words = `' " $$ $a$ $ /* */ -- ; ( ) \\ E' U&' 🚀 é a 1 e . , - *`.split(' ');
const tokens = [
  ' ',
  '\n',
  '\r\n',
  '/',
  'BEGIN ',
  'ATOMIC ',
  'CASE ',
  'END ',
  'COPY ',
  'FROM ',
  'STDIN ',
  ...words,
] as const;

describe('random texts', () => {
  it.each(Array.from({ length: 200 }, (_, seed) => seed))(
    'joined with semicolons and comments split again, seed %i',
    (seed) => {
      const { below, pick } = seededRandom(seed);
      const gap = (): string => Array.from({ length: below(4) }, () => pick(gaps)).join('');
      const chosen = Array.from({ length: below(8) }, () => pick(statements));
      const sql = gap() + chosen.map((text) => `${text}${gap()};${gap()}`).join('');
      expect(splitStatements(sql).map(({ text }) => text)).toEqual(chosen);
      expect(faults(sql)).toEqual([]);
    },
  );

  it('any heap of tokens either splits soundly or is refused with a place inside the text', () => {
    const heaps = Array.from({ length: 5_000 }, (_, seed) => {
      const { below, pick } = seededRandom(seed);
      return Array.from({ length: 1 + below(25) }, () => pick(tokens)).join('');
    });
    expect(heaps.flatMap(faults)).toEqual([]);
  });
});

/**
 * What is wrong with how the text is split: statements must stand at their offsets, in order, apart; none can be split
 * further; nothing is left between them; and a refusal names a place in the text.
 */
function faults(sql: string): readonly string[] {
  const found = splitOrRefusal(sql);
  const fault = (what: string): string => `${what}: ${JSON.stringify(sql)}`;
  if (found instanceof SplitError) return /\S/.test(sql.charAt(found.offset)) ? [] : [fault('refused at no character')];
  const ends = found.map(({ text, offset }) => offset + text.length);
  const between = [...found.map(({ offset }) => offset), sql.length].map((start, at) =>
    sql.slice(ends[at - 1] ?? 0, start),
  );
  return [
    ...found.flatMap(({ text, offset }) => (sql.slice(offset, offset + text.length) === text ? [] : [fault('offset')])),
    ...found.flatMap(({ offset }, at) => (offset >= (ends[at - 1] ?? 0) ? [] : [fault('order')])),
    ...found.flatMap(({ text }) => (isOne(text) ? [] : [fault('not one statement')])),
    ...(splitStatements(between.join('')).length === 0 ? [] : [fault('something left')]),
  ];
}

function isOne(text: string): boolean {
  const again = splitStatements(text);
  return again.length === 1 && again[0]?.text === text;
}

function splitOrRefusal(sql: string): readonly Statement[] | SplitError {
  try {
    return splitStatements(sql);
  } catch (error) {
    if (error instanceof SplitError) return error;
    throw error;
  }
}
