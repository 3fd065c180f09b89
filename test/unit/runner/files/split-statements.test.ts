import { describe, expect, it } from 'vitest';

import { SplitError, splitStatements } from '../../../../src/runner/files/split-statements.ts';

/** Texts of the statements; each must stand in the text at its offset. */
function split(sql: string): readonly string[] {
  return splitStatements(sql).map(({ text, offset }) => {
    expect(sql.slice(offset, offset + text.length)).toBe(text);
    return text;
  });
}

/** Each row is one statement whatever it holds; a second one behind it shows that the lexer found its way back. */
function expectWhole(statement: string): void {
  expect(split(`${statement};\nSELECT 'second'`)).toEqual([statement, "SELECT 'second'"]);
}

describe('statements', () => {
  it.each([
    ['nothing', '', []],
    ['whitespace and semicolons only', ' ;\r\n;\t; ', []],
    ['comments only', '-- a;\n/* b; */ -- c', []],
    ['one without a semicolon', 'SELECT 1', ['SELECT 1']],
    ['two on one line', 'SELECT 1;SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['CRLF line ends', 'SELECT\r\n1;\r\nSELECT 2;\r\n', ['SELECT\r\n1', 'SELECT 2']],
    ['comments around', '-- a\nSELECT 1 -- b;\n; /* c; */ SELECT 2 /* d; */', ['SELECT 1', 'SELECT 2']],
    ['a comment inside belongs to it', 'SELECT /* ; */ 1 -- ;\n+ 2;', ['SELECT /* ; */ 1 -- ;\n+ 2']],
    ['a comment at the end without a newline', 'SELECT 1; -- done', ['SELECT 1']],
    ['characters beyond the BMP before it', "SELECT '🚀'; SELECT '𝒳'", ["SELECT '🚀'", "SELECT '𝒳'"]],
    ['only a string', "'a'", ["'a'"]],
    ['a semicolon right at the start', ';SELECT 1', ['SELECT 1']],
  ])('%s', (_what, sql, statements) => {
    expect(split(sql)).toEqual(statements);
  });
});

describe('a semicolon is part of the statement', () => {
  it.each([
    ['in a string', "SELECT 'a;b'"],
    ['behind a doubled quote in a string', "SELECT 'it''s; fine'"],
    ['behind a backslash in a plain string, where it means nothing', "SELECT '\\' || ';'"],
    ['in an escape string behind a quote with a backslash', "SELECT E'a\\';b'"],
    ['in an escape string that ends in two backslashes', "SELECT E';\\\\'"],
    ['in an escape string with a lower-case prefix and a doubled quote', "SELECT e'it''s \\'; x'"],
    ['in a Unicode string, where a backslash quotes nothing', "SELECT U&'d\\0061t;' || ';\\'"],
    ['in a national string, where a backslash quotes nothing', "SELECT N'\\' || ';'"],
    ['in bit strings', "SELECT B'1;', x';'"],
    ['in a quoted name', 'SELECT 1 AS "a;b"'],
    ['behind a doubled quote in a quoted name', 'SELECT 1 AS "a"";""b"'],
    ['in a quoted name with an apostrophe', `SELECT 1 AS "it's;"`],
    ['in a quoted name with Unicode escapes', 'SELECT 1 AS U&"d\\0061;"'],
    ['in a dollar quote', 'SELECT $$;$$'],
    ['in a tagged dollar quote with another one inside', 'SELECT $a$ $b$;$b$ $$;$$ $a$'],
    ['in a dollar quote whose tag has another case inside', 'SELECT $a$ $A$;$a$'],
    ['in a dollar quote with a non-ASCII tag', 'SELECT $größe$;$größe$'],
    ['in a dollar quote with a tag beyond the BMP', 'SELECT $🚀$;$🚀$'],
    ['in a dollar quote with digits in its tag', 'SELECT $_1$;$_1$'],
    ['in a dollar quote that ends in more dollars than it began with', "SELECT $$;$$, '$$'"],
    ['behind an unpaired quote in a dollar quote', `DO $$ it's "; $$`],
    ['in a nested comment', 'SELECT 1 /* a /* b; */ ; */ + 1'],
    ['in a comment that opens with /*/', 'SELECT 1 /*/ ; */ + 1'],
    ['in a comment glued to an operator', 'SELECT 2*/* ; */3'],
    ['in a line comment glued to an operator', 'SELECT 2+--;\n3'],
    ['in a comment with unpaired quotes', `SELECT 1 /* it's "; $$ */ + 1`],
    ['in parentheses of a rule', 'CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM (b); )'],
    ['in a body of standard SQL', 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END'],
    [
      'in a body of standard SQL with nested CASE',
      'CREATE FUNCTION f(x int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN CASE x WHEN 1 THEN 2 END END; SELECT 2; END',
    ],
    ['in a body whose BEGIN and ATOMIC a comment parts', 'CREATE PROCEDURE p() begin /* ; */ Atomic SELECT 1; end'],
    [
      'in a body with the words of its end in strings and names',
      `CREATE PROCEDURE p() BEGIN ATOMIC SELECT 'END', "end"; END`,
    ],
    [
      'in a body with columns whose names only begin like END',
      'CREATE PROCEDURE p() BEGIN ATOMIC SELECT end_at, append, "a" FROM t; SELECT 1; END',
    ],
    ['in a procedure behind a body without semicolons', 'CREATE PROCEDURE p() BEGIN ATOMIC END'],
  ])('%s', (_where, statement) => {
    expectWhole(statement);
  });

  it('in a continued escape string: the next line goes on with the rules of the first', () => {
    expectWhole("SELECT E'a'\n  'b\\'; c'");
  });

  it('in an escape string whose continuation has comments between its lines, however many dashes they have', () => {
    expectWhole(`SELECT E'a' ${'-- '.repeat(500)}\n --${'-'.repeat(500)}\n 'b\\'; c'`);
    expect(split(`SELECT E'a' ${'-- '.repeat(500)}\n${'-'.repeat(501)}\n; SELECT 2`)).toHaveLength(2);
  });

  it('in a body that reads a column called end: r.end is a name, not the end', () => {
    expectWhole('CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT r.end FROM r; SELECT 2; END');
  });
});

describe('a semicolon ends the statement', () => {
  it.each([
    ['a$b$ is a name, not the start of a dollar quote', 'SELECT 1 AS a$b$; SELECT 2 AS c$b$'],
    ['é$$ is a name too', 'SELECT 1 AS é$$; SELECT 2 AS é$$'],
    ['$1 is a parameter', 'PREPARE p AS SELECT $1; EXECUTE p(2)'],
    ['a lone dollar is nothing', 'SELECT $; SELECT $'],
    ['--> is a comment, so its quote is none', "SELECT 1 -->'\n+ 1; SELECT 2"],
    ['a comment that closes twice', 'SELECT 1 /* a */ */ 2; SELECT 3'],
    ['BEGIN without ATOMIC opens no body', 'BEGIN; SELECT 1'],
    ['ATOMIC behind a quoted "BEGIN" opens no body', 'SELECT "BEGIN" ATOMIC; SELECT 1'],
    ['BEGIN.ATOMIC is a name', 'SELECT begin.atomic; SELECT 1'],
    ['CASE … END outside a body', 'SELECT CASE WHEN true THEN 1 END; SELECT 2'],
    ['a parenthesis too many', 'SELECT 1); SELECT 2'],
    ['a parenthesis in a string', "SELECT '('; SELECT 2"],
    ['a parenthesis in a quoted name', 'SELECT 1 AS "("; SELECT 2'],
    ['E that is a name, with a string behind it', "SELECT e, '\\'; SELECT 2"],
    ['a name that ends in e, with a string behind it', "SELECT date'\\'; SELECT 2"],
    ['psql variables are not replaced', 'SELECT :name; SELECT :"x;"'],
  ])('%s', (_what, sql) => {
    const [first = '', second = ''] = sql.split(/; (?=[A-Z])/);
    expect(split(sql)).toEqual([first, second]);
  });

  it('a line comment ends at a lone carriage return as well, so what stands behind it runs', () => {
    expect(split('SELECT 1; -- old Mac\rDROP TABLE t;\nSELECT 2')).toEqual(['SELECT 1', 'DROP TABLE t', 'SELECT 2']);
  });

  it('a no-break space is a letter for the server, so the first word keeps it and the server refuses it', () => {
    expect(split('\u00a0SELECT 1')).toEqual(['\u00a0SELECT 1']);
  });
});

describe('the words of a statement', () => {
  it.each([
    ['create index concurrently i on t (a)', ['CREATE', 'INDEX', 'CONCURRENTLY', 'I', 'ON', 'T', 'A']],
    ['ALTER TABLE "x y" ADD c int', ['ALTER', 'TABLE', 'ADD', 'C', 'INT']],
    ['-- first\nROLLBACK /* x */ TO s', ['ROLLBACK', 'TO', 'S']],
    [`SELECT 'a b', E'c', $$d e$$, 12`, ['SELECT']],
    ['a b c d e f g h i j', ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']],
  ])('%j: %j', (sql, words) => {
    expect(splitStatements(sql)[0]?.words).toEqual(words);
  });
});

describe('the data of a COPY', () => {
  const copied = (sql: string): unknown =>
    splitStatements(sql).map(({ text, copyData }) =>
      copyData ? [text, sql.slice(copyData.offset, copyData.end)] : text,
    );

  it.each([
    ['plain', 'COPY t FROM stdin;\n1\ta\n2\tb\n\\.\nSELECT 2', '1\ta\n2\tb\n'],
    ['none', 'COPY t FROM stdin;\n\\.\nSELECT 2', ''],
    [
      'with what means something in SQL',
      'COPY t FROM stdin;\nit\'s; "$$ /* -- (\n\\.\nSELECT 2',
      `it's; "$$ /* -- (\n`,
    ],
    ['with CRLF', 'COPY t FROM stdin;\r\n1\r\n\\.\r\nSELECT 2', '1\r\n'],
    ['with backslashes', 'COPY t FROM stdin;\n\\N\t\\.\n\\\\.\n\\.x\n\\.\nSELECT 2', '\\N\t\\.\n\\\\.\n\\.x\n'],
    ['behind blanks and a comment', 'COPY t FROM stdin; \t-- data; here\n1\n\\.\nSELECT 2', '1\n'],
    ['as CSV', 'COPY t FROM stdin WITH (FORMAT csv, QUOTE \'"\');\n"a;\nb"\n\\.\nSELECT 2', '"a;\nb"\n'],
    ['with a marker', 'COPY t FROM stdin;\n-- migrate:down\n\\.\nSELECT 2', '-- migrate:down\n'],
  ])('%s', (_what, sql, data) => {
    expect(copied(sql)).toEqual([[sql.slice(0, sql.indexOf(';')), data], 'SELECT 2']);
  });

  it('may end with the text', () => {
    expect(copied('COPY t FROM stdin;\n1\n\\.')).toEqual([['COPY t FROM stdin', '1\n']]);
  });

  it('of two COPY statements stay apart', () => {
    expect(copied('COPY a FROM stdin;\n1\n\\.\n\n--\nCOPY b FROM STDOUT;\n2\n\\.\n')).toEqual([
      ['COPY a FROM stdin', '1\n'],
      ['COPY b FROM STDOUT', '2\n'],
    ]);
  });
});

const copyWithoutEnd = 'the data of COPY … FROM stdin never end: no line holds \\. alone';

describe('what cannot be split', () => {
  it.each([
    ["SELECT 1; SELECT 'a", 'a string is never closed', "'a"],
    ["SELECT E'a\\'", 'a string is never closed', "E'a"],
    ["SELECT E'a\\", 'a string is never closed', "E'a"],
    ["SELECT U&'a", 'a string is never closed', "U&'a"],
    ["SELECT ''''''' ;", 'a string is never closed', "'''"],
    ['SELECT 1 AS "a""', 'a quoted name is never closed', '"a'],
    ['SELECT /* a /* b */', 'a comment is never closed', '/* a'],
    ['/*', 'a comment is never closed', '/*'],
    ['DO $x$ BEGIN $X$;', 'the dollar quote $x$ is never closed', '$x$'],
    ['SELECT $$', 'the dollar quote $$ is never closed', '$$'],
    ['SELECT 1;\n\\restrict abc\nSELECT 2', "psql's command \\restrict is not SQL", '\\restrict'],
    ['\\i other.sql', "psql's command \\i is not SQL", '\\i'],
    ['-- c\n  \\.', "psql's command \\. is not SQL", '\\.'],
    ["COPY t FROM stdin;\n1\tit's\n", copyWithoutEnd, 'COPY'],
    ['COPY t FROM stdin;\n1\n\\.x\n \\.\n\\. \n\\N\\.\n', copyWithoutEnd, 'COPY'],
    ['SELECT 1; copy "t" (a, b) from STDIN', copyWithoutEnd, 'copy'],
    ['COPY t FROM stdin;', copyWithoutEnd, 'COPY'],
    ['COPY t (a, b, c, d, e, f, g, h, i, j) FROM /* x */ stdin WITH (FORMAT csv);\n1,2', copyWithoutEnd, 'COPY'],
    [
      'COPY t FROM stdin; SELECT 1;\n\\.\n',
      'the data of COPY … FROM stdin begin on the line below it, so nothing may follow it',
      'COPY',
    ],
    ['SELECT 1; COPY t TO stdout', 'COPY … TO stdout has nobody here who would take its rows', 'COPY'],
    ['copy (SELECT 1) to STDIN csv', 'COPY … TO stdout has nobody here who would take its rows', 'copy'],
  ])('%j: %s', (sql, message, place) => {
    const error = splitErrorOf(sql);
    expect(error.message).toBe(message);
    expect(sql.slice(error.offset)).toMatch(new RegExp(`^${place.replace(/\W/g, '\\$&')}`));
  });

  it.each([
    'COPY (SELECT a FROM stdin) TO $$/tmp/x$$',
    'SELECT a FROM t AS copy WHERE to_stdout',
    "COPY t FROM '/tmp/stdin'",
    'COPY "stdin" FROM PROGRAM $$cat$$',
    'SELECT stdin FROM stdin',
  ])('%j is plain SQL', (sql) => {
    expectWhole(sql);
  });

  it('a backslash in the middle of a statement is left to the server to refuse', () => {
    expect(split('SELECT 1 \\gset\n; SELECT 2')).toEqual(['SELECT 1 \\gset', 'SELECT 2']);
  });
});

function splitErrorOf(sql: string): SplitError {
  try {
    splitStatements(sql);
  } catch (error) {
    if (error instanceof SplitError) return error;
    throw error;
  }
  throw new Error(`expected a SplitError of ${sql}`);
}
