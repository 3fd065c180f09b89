import { describe, expect, it } from 'vitest';

import { dollarQuoted, sqlLiteral } from '../../../../src/runner/offline/sql-literal.ts';

describe('sqlLiteral', () => {
  it.each([
    [null, 'NULL'],
    [undefined, 'NULL'],
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ['two\nlines', "'two\nlines'"],
    ['back\\slash', "E'back\\\\slash'"],
    ['a\r\nb', "E'a\\r\nb'"],
    ['an\n\nempty\n\n\nline', "E'an\\n\nempty\\n\\n\nline'"],
    ['\u001b[2J\u202e', "E'\\u001b[2J\\u202e'"],
    ['🐘 $$ :name', "'🐘 $$ :name'"],
    [5, "'5'"],
    [false, "'false'"],
    [Buffer.from([0, 255]), "E'\\\\x00ff'"],
    [{ it: "isn't" }, '\'{"it":"isn\'\'t"}\''],
    [['a "b"', null, 1], 'E\'{"a \\\\"b\\\\"",NULL,"1"}\''],
  ])('%j', (value, literal) => {
    expect(sqlLiteral(value)).toBe(literal);
  });

  it('a bigint is its digits', () => {
    expect(sqlLiteral(12n)).toBe("'12'");
  });

  it('never holds what a log, an editor or a checkout would change', () => {
    const all = Array.from({ length: 0x2070 }, (_, code) => String.fromCodePoint(code + 1)).join('') + '\n\n\r\n\r\n';
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(sqlLiteral(all)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\n\n/);
  });

  it('a date is local time with its offset, as node-postgres sends it', () => {
    const literal = sqlLiteral(new Date('2026-01-02T03:04:05.678Z'));
    expect(literal).toMatch(/^'\d{4}-\d\d-\d\dT\d\d:\d\d:05\.678[+-]\d\d:\d\d'$/);
    expect(new Date(literal.slice(1, -1)).toISOString()).toBe('2026-01-02T03:04:05.678Z');
  });

  it.each([[() => 1], [Symbol('x')], [{ toPostgres: () => 'x' }]])('refuses what it cannot write: %s', (value) => {
    expect(() => sqlLiteral(value)).toThrow(/value/);
  });
});

describe('dollarQuoted', () => {
  it('takes a tag that the text does not hold', () => {
    expect(dollarQuoted('a')).toBe('$migrate$\na\n$migrate$');
    expect(dollarQuoted('a $migrate$ b')).toBe('$migrate2$\na $migrate$ b\n$migrate2$');
  });
});
