import { describe, expect, it } from 'vitest';

import { excerptAt, offsetOfServerPosition, positionAt } from '../../../../src/runner/files/source-position.ts';

describe('positionAt', () => {
  it.each([
    ['the first character', 'abc', 0, 1, 1],
    ['the end of the text', 'abc', 3, 1, 4],
    ['an empty text', '', 0, 1, 1],
    ['the start of a second line', 'a\nb', 2, 2, 1],
    ['the newline itself belongs to its line', 'ab\nc', 2, 1, 3],
    ['CRLF is one line end', 'a\r\nb\r\nc', 6, 3, 1],
    ['an emoji before it is one column', '🚀🚀x', 4, 1, 3],
    ['behind an empty line', '\n\nx', 2, 3, 1],
    ['beyond the end it is the end', 'a\nbc', 99, 2, 3],
  ])('%s', (_what, text, offset, line, column) => {
    expect(positionAt(text, offset)).toEqual({ line, column });
  });
});

describe('offsetOfServerPosition', () => {
  it.each([
    ['position 1 is the start', 'SELECT', 1, 0],
    ['ASCII counts one each', 'SELECT x', 8, 7],
    ['an emoji is one character to the server and two units here', "SELECT '🚀', x", 13, 13],
    ['two emoji', '🚀🚀x', 3, 4],
    ['é and 漢 are one each', 'é漢x', 3, 2],
    ['a combining character counts by itself', 'e\u0301x', 3, 2],
    ['CRLF counts two', 'a\r\nb', 4, 3],
    ['one behind the end, as for "syntax error at end of input"', '🚀', 2, 2],
    ['far behind the end it is the end', 'ab', 99, 2],
    ['0 is the start', 'ab', 0, 0],
  ])('%s', (_what, sent, position, offset) => {
    expect(offsetOfServerPosition(sent, position)).toBe(offset);
  });
});

describe('excerptAt', () => {
  const excerpt = (text: string, needle: string): readonly string[] =>
    excerptAt(text, positionAt(text, text.indexOf(needle))).split('\n');

  it.each([
    ['the place', 'DROP TABLE x', 'x', ['1 | DROP TABLE x', '  |            ^']],
    ['a later line', 'a\nb\nDROP x', 'x', ['3 | DROP x', '  |      ^']],
    ['a CRLF line', 'a\r\nDROP x\r\nb', 'x', ['2 | DROP x', '  |      ^']],
    ['tabs', '\tDROP\tx', 'x', ['1 |     DROP    x', '  |             ^']],
    ['an emoji, two columns wide', "'🚀' x", 'x', ["1 | '🚀' x", '  |      ^']],
    ['Chinese, two columns each', "'漢字' x", 'x', ["1 | '漢字' x", '  |        ^']],
    ['a combining accent, no column', 'e\u0301 x', 'x', ['1 | e\u0301 x', '  |   ^']],
  ])('the caret is below %s', (_what, text, needle, lines) => {
    expect(excerpt(text, needle)).toEqual(lines);
  });

  it('the margin grows with the number of the line', () => {
    expect(excerpt(`${'\n'.repeat(99)}DROP x`, 'x')).toEqual(['100 | DROP x', '    |      ^']);
  });

  it('a place at the end of the text has its caret behind the last character', () => {
    expect(excerptAt('SELECT', { line: 1, column: 7 })).toBe('1 | SELECT\n  |       ^');
  });

  it('a line that is not there is shown empty', () => {
    expect(excerptAt('a', { line: 5, column: 1 })).toBe('5 | \n  | ^');
  });

  it('of a line of megabytes only a window around the place is shown', () => {
    const lines = excerpt(`${'a'.repeat(1_000_000)}X${'b'.repeat(1_000_000)}`, 'X');
    expect(lines.map((line) => line.length)).toEqual([184, 105]);
    expect(lines[0]?.[104]).toBe('X');
    expect(lines[1]?.[104]).toBe('^');
  });

  it('the caret stays below the place when the window begins behind wide characters', () => {
    const [source = '', caret = ''] = excerpt(`${'漢'.repeat(80)}X`, 'X');
    const columnsBefore = Array.from(source.slice(0, source.indexOf('X'))).reduce(
      (width, character) => width + (character === '漢' ? 2 : 1),
      0,
    );
    expect(caret.indexOf('^')).toBe(columnsBefore);
  });
});
