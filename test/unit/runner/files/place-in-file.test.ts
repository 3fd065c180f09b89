import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { placeInFile } from '../../../../src/runner/files/place-in-file.ts';
import { excerptAt, positionAt } from '../../../../src/runner/files/source-position.ts';
import { revisionFolder } from './revision-folder.ts';
import { seededRandom } from './seeded-random.ts';

/** The place as it is found in a text that is held in memory. */
function placeInText(text: string, offset: number): unknown {
  const position = positionAt(text, offset);
  return { ...position, excerpt: excerptAt(text, position) };
}

describe('placeInFile', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('finds what is found in memory, seed %i', async (seed) => {
    const { below, pick } = seededRandom(seed);
    const mark = pick(['', '\ufeff']);
    const text = Array.from({ length: 1 + below(40) }, () =>
      pick(['\n', '\r\n', 'word ', '\t', '🚀', 'é', '漢', 'x'.repeat(below(400)), '-'.repeat(below(9_000))]),
    ).join('');
    const path = join(await revisionFolder({ 'a.sql': mark + text }), 'a.sql');
    const characters = Array.from(text);
    const [base, ahead] = [below(characters.length), below(5)];
    const at = Math.min(base + ahead, characters.length);
    const offset = Buffer.byteLength(mark + characters.slice(0, base).join(''));
    expect(await placeInFile(path, { offset, characters: at - base })).toEqual(
      placeInText(text, characters.slice(0, at).join('').length),
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
