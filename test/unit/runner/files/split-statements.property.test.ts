import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SplitError, splitStatements, type Statement } from '../../../../src/runner/files/split-statements.ts';
import { createSqlLexer } from '../../../../src/runner/files/sql-lexer.ts';
import type { StatementSpan } from '../../../../src/runner/files/statement-reader.ts';
import { cutAnywhere } from './cut-anywhere.ts';

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

const gap = fc.array(fc.constantFrom(...gaps), { maxLength: 3 }).map((parts) => parts.join(''));
const heap = fc.array(fc.constantFrom(...tokens), { minLength: 1, maxLength: 25 }).map((parts) => parts.join(''));
const joined = fc
  .tuple(gap, fc.array(fc.tuple(fc.constantFrom(...statements), gap, gap), { maxLength: 8 }))
  .map(([start, parts]) => ({
    chosen: parts.map(([text]) => text),
    sql: start + parts.map(([text, before, after]) => `${text}${before};${after}`).join(''),
  }));
const withCopies = fc.array(
  fc.oneof(
    fc.constantFrom(...statements).map((text) => ({ text, sql: `${text};\n` })),
    fc.constantFrom(...copies).map((sql) => ({ text: sql.slice(0, sql.indexOf(';')), sql })),
  ),
  { minLength: 1, maxLength: 7 },
);

describe('any text', () => {
  it('of statements joined with semicolons and comments splits into them again', () => {
    fc.assert(
      fc.property(joined, ({ chosen, sql }) => {
        expect(splitStatements(sql).map(({ text }) => text)).toEqual(chosen);
        expect(faults(sql)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('of statements and of COPY with its data does so too', () => {
    fc.assert(
      fc.property(withCopies, (parts) => {
        const sql = parts.map((part) => part.sql).join('\n');
        expect(splitStatements(sql).map(({ text }) => text)).toEqual(parts.map(({ text }) => text));
        expect(faults(sql)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('either splits soundly or is refused with a place inside it: no character is lost', { timeout: 60_000 }, () => {
    const anything = fc.oneof(heap, fc.string({ unit: 'binary', maxLength: 60 }));
    fc.assert(
      fc.property(anything, (sql) => {
        expect(faults(sql)).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('that comes in parts, cut anywhere, splits as it does in one', () => {
    const text = fc.oneof(
      heap,
      joined.map(({ sql }) => sql),
      withCopies.map((parts) => parts.map(({ sql }) => sql).join('')),
    );
    fc.assert(
      fc.property(cutAnywhere(text), (parts) => {
        expect(spansOf(parts)).toEqual(spansOf([parts.join('')]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('splits as bytes where it does as characters', () => {
    fc.assert(
      fc.property(withCopies, (parts) => {
        const text = parts.map(({ sql }) => sql).join('');
        const bytes = Buffer.from(text);
        const spans = spansOf([bytes.toString('latin1')]);
        expect(
          spans.map((span) => (typeof span === 'string' ? span : bytes.subarray(span.offset, span.end).toString())),
        ).toEqual(splitStatements(text).map((statement) => statement.text));
      }),
    );
  });
});

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
