import { expect, it } from 'vitest';

import { visibleLine, visibleText } from '../../../src/contract/visible-text.ts';

it.each([
  ['an escape sequence', '\u001b[2Jgone', '␛[2Jgone'],
  ['a carriage return, which would overwrite the line', 'bad\rgood', 'bad␍good'],
  ['a backspace', 'ab\b', 'ab␈'],
  ['a bell and a NUL', '\u0007\0', '␇␀'],
  ['a vertical tab and a form feed', '\v\f', '␋␌'],
  ['delete', '\u007f', '␡'],
  ['the one-byte CSI of C1', '\u009b31m', '\\u{9b}31m'],
  ['NEL, which some terminals take for a line end', 'a\u0085b', 'a\\u{85}b'],
  ['bidi overrides and isolates', 'a\u202eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
])('%s becomes visible', (_what, text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

it.each(['', 'plain', 'tab\there', 'line\nline', 'é 漢字 🚀 👩‍👩‍👧', '\u00a0'])('%j stays as it is', (text) => {
  expect(visibleText(text)).toBe(text);
});

it('no control character but tab and newline is left of the whole range', () => {
  const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCodePoint(code)).join('');
  // eslint-disable-next-line no-control-regex -- control characters are what this test is about
  expect(visibleText(all).match(/[\u0000-\u001f\u007f-\u009f]/g)).toEqual(['\t', '\n']);
});

it('visibleLine makes one line of several, so that a foreign text cannot forge a line of ours', () => {
  expect(visibleLine('a\n  b\r\n\tc\u001b[0m')).toBe('a b␍ c␛[0m');
});
