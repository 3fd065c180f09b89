import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { decodeText } from '../../../../src/runner/files/normalised-text.ts';
import { readTextParts } from '../../../../src/runner/files/text-file.ts';
import { refusal, refusalOf } from '../../contract/refusal.ts';
import { revisionFolder } from './revision-folder.ts';

async function readAll(content: string | Uint8Array): Promise<string> {
  const path = join(await revisionFolder({ 'a.sql': content }), 'a.sql');
  let text = '';
  let end: number | undefined;
  for await (const { bytes, offset } of readTextParts(path, 'm/a.sql')) {
    expect([undefined, offset]).toContain(end);
    end = offset + bytes.length;
    text += bytes.toString();
  }
  return text;
}

/** Longer than what is read at once, with a character over each border. */
const long = `é${'🚀'.repeat(200_000)}`;

describe('readTextParts', () => {
  it.each([
    ['nothing', ''],
    ['a line', 'SELECT 1;\n'],
    ['a byte order mark, which goes', '\ufeffSELECT 1'],
    ['only a byte order mark', '\ufeff'],
    ['CRLF, which stays', 'a\r\nb'],
    ['characters over the borders of its parts', long],
    ['the same behind a byte order mark', `\ufeff${long}`],
  ])('gives the text of decodeText: %s', async (_what, text) => {
    expect(await readAll(text)).toBe(decodeText(Buffer.from(text), 'm/a.sql'));
  });

  it.each([
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x41, 0)],
    ['a wrong byte', Uint8Array.of(0x61, 0xff)],
    ['a wrong byte far in', Buffer.concat([Buffer.from(long), Uint8Array.of(0xff), Buffer.from(long)])],
    ['a character that the end cuts off', Buffer.concat([Buffer.from(long), Uint8Array.of(0xf0, 0x9f)])],
    ['a character that something else cuts off', Buffer.concat([Buffer.from(long), Uint8Array.of(0xf0, 0x9f, 0x61)])],
    ['a NUL', Buffer.from(`a\n${'b\n'.repeat(300_000)}\0`)],
  ])('refuses as decodeText does, with the same place: %s', async (_what, content) => {
    expect(await refusalOf(readAll(content))).toEqual(refusal(() => decodeText(content, 'm/a.sql')));
  });
});
