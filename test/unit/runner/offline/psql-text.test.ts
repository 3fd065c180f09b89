import { describe, expect, it } from 'vitest';

import { splitStatements } from '../../../../src/runner/files/split-statements.ts';
import { psqlCopy, psqlStatement, psqlText } from '../../../../src/runner/offline/psql-text.ts';
import { sqlSpans } from '../../../../src/runner/offline/sql-spans.ts';

describe('sqlSpans', () => {
  it.each([
    ["a 'b' c", ['a ', "'b'", ' c']],
    ["a'it''s'", ['a', "'it''s'"]],
    [String.raw`E'\' x'y`, [String.raw`E'\' x'`, 'y']],
    [String.raw`name'\' x`, ['name', String.raw`'\'`, ' x']],
    ['"q""n".x', ['"q""n"', '.x']],
    ["$a$ ' $b$ $a$;", ["$a$ ' $b$ $a$", ';']],
    ['a$b$ c', ['a$b$ c']],
    ['$1 + $2', ['$1 + $2']],
    ["/* /* */ ' */ x", ["/* /* */ ' */", ' x']],
  ])('%j', (sql, texts) => {
    expect(sqlSpans(sql).map(({ text }) => text)).toEqual(texts);
  });
});

describe('psqlText', () => {
  it.each([
    ['\nSELECT 1;\n\n', 'SELECT 1;'],
    ['SELECT 1', 'SELECT 1\n;'],
    ['SELECT 1 -- ; no end', 'SELECT 1 -- ; no end\n;'],
    ['SELECT 1; -- the end', 'SELECT 1; -- the end'],
    ['SELECT 1;\r\nSELECT 2;\r\n', 'SELECT 1;\nSELECT 2;'],
    ['-- nothing', '-- nothing'],
  ])('%j', (sql, lines) => {
    expect(psqlText(sql, 'file')).toBe(lines);
  });

  it('sends a carriage return inside a string as an escape, and the text around it unchanged', () => {
    expect(psqlText("SELECT 'a\r\nb';", 'file')).toBe("SELECT E'SELECT ''a\\r\nb'';' AS sql \\gexec");
  });

  it('sends an empty line inside a string as an escape where the output is a log', () => {
    const sql = "SELECT 'a\n\nb';\n\nSELECT 2;";
    expect(psqlText(sql, 'file')).toBe(sql);
    expect(psqlText(sql, 'log')).not.toContain('\n\n');
    expect(psqlText('SELECT 1;\n\nSELECT 2;', 'log')).toBe('SELECT 1;\n\nSELECT 2;');
  });

  it.each([['SELECT 1 \\g'], ['SELECT (1 \\! rm\n)'], ['SELECT "a" \\']])('refuses what psql would obey: %s', (sql) => {
    expect(() => psqlText(sql, 'file')).toThrow('psql would take this backslash');
  });

  it.each([["SELECT '\\g'"], ['SELECT $$\\g$$'], ['SELECT 1 -- \\g'], ["SELECT E'\\''"]])(
    'a backslash in a string or a comment is none of psql’s: %s',
    (sql) => {
      expect(psqlText(sql, 'file')).toBe(`${sql}\n;`);
    },
  );
});

describe('psqlStatement and psqlCopy', () => {
  it('end with a semicolon; data follow their COPY', () => {
    expect(psqlStatement('SELECT 1', 'file')).toBe('SELECT 1;');
    const sql = "COPY t FROM stdin;\r\n\\N\tit's\r\n\\.\r\n";
    const [copy] = splitStatements(sql);
    if (!copy) throw new Error('no statement');
    expect(psqlCopy(sql, copy, 'file')).toBe("COPY t FROM stdin;\n\\N\tit's\n\\.");
  });

  it.each([
    ['COPY t FROM stdin;\na\n\nb\n\\.\n', 'log'],
    ['COPY t FROM stdin;\na\u0007b\n\\.\n', 'file'],
    ['COPY t FROM stdin (FORMAT csv);\n"a\r\nb"\n\\.\n', 'file'],
  ] as const)('data that would not survive is refused: %j to a %s', (sql, medium) => {
    const [copy] = splitStatements(sql);
    if (!copy) throw new Error('no statement');
    expect(() => psqlCopy(sql, copy, medium)).toThrow('would not survive a script');
  });
});
