import { describe, expect, it } from 'vitest';

import { SplitError, splitStatements, type Statement } from '../../../../src/runner/files/split-statements.ts';
import { createSqlLexer } from '../../../../src/runner/files/sql-lexer.ts';
import type { StatementSpan } from '../../../../src/runner/files/statement-reader.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

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
const copies = [
  'COPY t (a) FROM stdin;\nit\'s; $$ /* -- "\n-- migrate:down\n\\N\n\\.\n',
  'COPY t FROM stdin WITH (FORMAT csv); -- two\r\n1,"🚀\r\n;"\r\n\\.\r\n',
  'copy t from STDIN;\n\\.\n',
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
  'STDIN;\n',
  '\\.\n',
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
  it.each(Array.from({ length: 100 }, (_, seed) => seed))('with the data of COPY between them, seed %i', (seed) => {
    const { below, pick } = seededRandom(seed);
    const chosen = Array.from({ length: 1 + below(6) }, () => pick([`${pick(statements)};\n`, pick(copies)]));
    const sql = chosen.join('\n');
    expect(splitStatements(sql).map(({ text }) => text)).toEqual(
      chosen.map((text) => (/^copy/i.test(text) ? text.slice(0, text.indexOf(';')) : text.slice(0, -2))),
    );
    expect(faults(sql)).toEqual([]);
  });

  it.each(Array.from({ length: 300 }, (_, seed) => seed))(
    'that come in parts, cut anywhere, split as they do in one, seed %i',
    (seed) => {
      const random = seededRandom(seed);
      const { below, pick } = random;
      const heap = Array.from({ length: 1 + below(25) }, () => pick(tokens)).join('');
      const sound = Array.from({ length: below(8) }, () =>
        pick([`${pick(statements)}${pick(gaps)};`, pick(copies)]),
      ).join(pick(gaps));
      for (const sql of [heap, sound]) expect(spansOf(cut(sql, random))).toEqual(spansOf([sql]));
    },
  );

  it('bytes split where their text does', () => {
    const text = [...statements, ...copies].map((sql) => (/^copy/i.test(sql) ? sql : `${sql};\n`)).join('');
    const bytes = Buffer.from(text);
    const spans = spansOf([bytes.toString('latin1')]);
    expect(spans).toHaveLength(statements.length + copies.length);
    expect(
      spans.map((span) => (typeof span === 'string' ? span : bytes.subarray(span.offset, span.end).toString())),
    ).toEqual(splitStatements(text).map((statement) => statement.text));
  });
});

/** The text in parts of one to eight characters, surrogates apart. */
function cut(text: string, { below }: SeededRandom): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = 1 + below(8);
    parts.push(text.slice(at, at + length));
    at += length;
  }
  return parts;
}

/** What the lexer tells of the parts; a refusal with its place is the last. */
function spansOf(parts: readonly string[]): readonly (StatementSpan | string)[] {
  const spans: (StatementSpan | string)[] = [];
  const lexer = createSqlLexer((span) => spans.push(span));
  try {
    for (const part of parts) lexer.read(part);
    lexer.finish();
  } catch (error) {
    if (!(error instanceof SplitError)) throw error;
    spans.push(`${error.message} at ${error.offset}`);
  }
  return spans;
}

/**
 * What is wrong with how the text is split: statements must stand at their offsets, in order, apart; none can be split
 * further; nothing is left between them; and a refusal names a place in the text.
 */
function faults(sql: string): readonly string[] {
  const found = splitOrRefusal(sql);
  const fault = (what: string): string => `${what}: ${JSON.stringify(sql)}`;
  if (found instanceof SplitError) return /\S/.test(sql.charAt(found.offset)) ? [] : [fault('refused at no character')];
  const ends = found.map(({ text, offset, copyData }) => (copyData ? copyData.end + 2 : offset + text.length));
  const between = [...found.map(({ offset }) => offset), sql.length].map((start, at) =>
    sql.slice(ends[at - 1] ?? 0, start),
  );
  return [
    ...found.flatMap(({ text, offset }) => (sql.slice(offset, offset + text.length) === text ? [] : [fault('offset')])),
    ...found.flatMap(({ offset }, at) => (offset >= (ends[at - 1] ?? 0) ? [] : [fault('order')])),
    ...found.flatMap(({ text, copyData }) => (isOne(text, copyData !== undefined) ? [] : [fault('not one statement')])),
    ...(splitStatements(between.join('')).length === 0 ? [] : [fault('something left')]),
  ];
}

function isOne(text: string, isCopy: boolean): boolean {
  // Without its data a COPY is none.
  if (isCopy) return splitStatements(`${text};\n\\.`).length === 1;
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
