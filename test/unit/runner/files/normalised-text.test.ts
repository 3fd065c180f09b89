import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { checksumOf, decodeText } from '../../../../src/runner/files/normalised-text.ts';
import { refusal } from '../../contract/refusal.ts';

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('decodeText', () => {
  it.each([
    ['plain text', bytes('SELECT 1;\n'), 'SELECT 1;\n'],
    ['no text', bytes(), ''],
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], 'SELECT 1'), 'SELECT 1'],
    ['CRLF, which stays', bytes('a\r\nb'), 'a\r\nb'],
    ['four-byte characters', bytes("'🚀'"), "'🚀'"],
  ])('%s', (_what, given, text) => {
    expect(decodeText(given, 'm/a.sql')).toBe(text);
  });

  it('of two byte order marks only the first goes: the second is text', () => {
    expect(decodeText(bytes([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], 'a'), 'm/a.sql')).toBe('\ufeffa');
  });

  it.each([
    ['little-endian', bytes([0xff, 0xfe, 0x41, 0x00])],
    ['big-endian', bytes([0xfe, 0xff, 0x00, 0x41])],
  ])('UTF-16 %s, as PowerShell writes it, is named', (_what, given) => {
    expect(refusal(() => decodeText(given, 'm/a.sql'))).toEqual({
      code: 'unreadable-text',
      exitCode: 2,
      message: 'm/a.sql is UTF-16.',
      hint: 'Save m/a.sql as UTF-8 (PowerShell: Out-File -Encoding utf8).',
    });
  });

  it.each([
    ['Latin-1', bytes('-- caf', [0xe9], '\nSELECT 1'), 6],
    ['a stray continuation byte', bytes('ab', [0x80], 'c'), 2],
    ['an overlong slash', bytes([0xc0, 0xaf]), 0],
    ['a surrogate', bytes('x', [0xed, 0xa0, 0x80]), 1],
    ['a wrong byte behind good four-byte characters', bytes('🚀🚀', [0xff]), 8],
  ])('invalid UTF-8 is refused with the place of its byte: %s', (_what, given, byte) => {
    expect(refusal(() => decodeText(given, 'm/a.sql'))).toEqual({
      code: 'unreadable-text',
      exitCode: 2,
      message: `m/a.sql:1 is not valid UTF-8 (byte ${byte} of the file).`,
      hint: 'Save m/a.sql as UTF-8.',
    });
  });

  it('a character cut off by the end of the file has its place inside the file', () => {
    const { message } = refusal(() => decodeText(bytes('ab', [0xf0, 0x9f]), 'm/a.sql'));
    expect(message).toBe('m/a.sql:1 is not valid UTF-8 (byte 2 of the file).');
  });

  it('a NUL is refused with its line', () => {
    expect(refusal(() => decodeText(bytes('a\r\nb\0c'), 'm/a.sql'))).toEqual({
      code: 'unreadable-text',
      exitCode: 2,
      message: 'm/a.sql:2 holds a NUL character, which PostgreSQL cannot store.',
      hint: 'Remove it from line 2.',
    });
  });
});

describe('checksumOf', () => {
  it('is the sha256 of the text, in hex', () => {
    expect(checksumOf('SELECT 1;\n')).toBe(createHash('sha256').update('SELECT 1;\n').digest('hex'));
  });

  it('a checkout on Windows is no edit', () => {
    expect(checksumOf('a\r\nb\r\n')).toBe(checksumOf('a\nb\n'));
  });

  it('a byte order mark is no edit', () => {
    expect(checksumOf(decodeText(bytes([0xef, 0xbb, 0xbf], 'a'), 'a.sql'))).toBe(checksumOf('a'));
  });

  it.each([
    ['a space', 'a b', 'a  b'],
    ['the last newline', 'a', 'a\n'],
    ['a lone carriage return', 'a\rb', 'a\nb'],
    ['composed and decomposed letters', 'é', 'e\u0301'],
  ])('%s makes a difference', (_what, left, right) => {
    expect(checksumOf(left)).not.toBe(checksumOf(right));
  });
});
