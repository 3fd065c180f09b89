import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';

import { countLines, type LineCount } from '../../../src/runner/line-count.ts';

function counted(...chunks: readonly (string | Uint8Array)[]): { count: LineCount; text: string } {
  const stream = new PassThrough();
  const count = countLines(stream);
  for (const chunk of chunks) stream.write(chunk);
  return { count, text: String(stream.read()) };
}

describe('the count of a stream', () => {
  it.each([
    ['whole lines', ['a\nb\n'], 2],
    ['empty lines, which no log keeps', ['\n\na\n\n'], 1],
    ['a line in pieces', ['a', 'b', '\n'], 1],
    ['bytes', [Buffer.from('ä\nö'), Buffer.from('\n')], 2],
    ['a carriage return, which a log does keep', ['\r\n'], 1],
    ['a last line without end', ['a\nb'], 2],
    ['nothing at all', [''], 0],
  ])('takes %s for what a log driver makes of them', (_, chunks, lines) => {
    const { count, text } = counted(...chunks);
    expect(count.lines()).toBe(lines);
    expect(text).toBe(chunks.map(String).join('') || 'null');
  });

  it('knows whether a line is open', () => {
    expect(counted('a').count.isWithinLine()).toBe(true);
    expect(counted('a\n').count.isWithinLine()).toBe(false);
    expect(counted('').count.isWithinLine()).toBe(false);
  });
});
