import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { placeInFile } from '../../../../src/runner/files/place-in-file.ts';
import { excerptAt, positionAt } from '../../../../src/runner/files/source-position.ts';
import { revisionFolder } from './revision-folder.ts';

/** The place as it is found in a text that is held in memory. */
function placeInText(text: string, offset: number): unknown {
  const position = positionAt(text, offset);
  return { ...position, excerpt: excerptAt(text, position) };
}

describe('placeInFile', () => {
  it('finds what is found in memory', async () => {
    const part = fc.oneof(
      fc.constantFrom('\n', '\r\n', 'word ', '\t', '🚀', 'é', '漢'),
      fc.nat(400).map((length) => 'x'.repeat(length)),
      fc.nat(9_000).map((length) => '-'.repeat(length)),
    );
    const text = fc.array(part, { minLength: 1, maxLength: 40 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', '\ufeff'), text, fc.nat(), fc.nat(4), async (mark, body, from, ahead) => {
        const path = join(await revisionFolder({ 'a.sql': mark + body }), 'a.sql');
        const characters = Array.from(body);
        const base = from % Math.max(1, characters.length);
        const at = Math.min(base + ahead, characters.length);
        const offset = Buffer.byteLength(mark + characters.slice(0, base).join(''));
        expect(await placeInFile(path, { offset, characters: at - base })).toEqual(
          placeInText(body, characters.slice(0, at).join('').length),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('goes so many lines on', async () => {
    const path = join(await revisionFolder({ 'a.sql': 'head\r\none\r\ntwo\r\nthree' }), 'a.sql');
    expect(await placeInFile(path, { offset: 6, lines: 2 })).toEqual({
      line: 4,
      column: 1,
      excerpt: '4 | three\n  | ^',
    });
  });

  it('the end of the file is a place, even when less is left than was asked for', async () => {
    const path = join(await revisionFolder({ 'a.sql': 'SELECT\n12' }), 'a.sql');
    expect(await placeInFile(path, { offset: 7, characters: 9 })).toMatchObject({ line: 2, column: 3 });
  });
});
