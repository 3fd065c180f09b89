import { describe, expect, it } from 'vitest';

import { createSectionReader, SectionProblem } from '../../../../src/runner/files/section-reader.ts';
import { seededRandom } from './seeded-random.ts';

const lines = [
  '-- migrate:up\n',
  '-- migrate:up transaction:false\r\n',
  '-- migrate:down\n',
  ' -- migrate:down\n',
  '-- migrate:what\r',
  "SELECT '🚀';\n",
  "SELECT 'a\n",
  "b';\r\n",
  'COMMIT;\n',
  'COPY t FROM stdin;\n',
  '\\.\n',
  '1\tx\n',
  '-- é\r',
  '/*\n',
  '*/\n',
  `SELECT ${'1, '.repeat(2_000)}1;\n`,
] as const;

/** All that the reader tells of a text that comes in these parts. */
function readParts(parts: readonly string[]): unknown {
  const told: unknown[] = [];
  try {
    const reader = createSectionReader({ onStatement: (direction, statement) => told.push([direction, statement]) });
    for (const part of parts) reader.read(part);
    return { told, sections: reader.finish() };
  } catch (error) {
    if (!(error instanceof SectionProblem)) throw error;
    return { told, problem: error.message, offset: error.offset, hint: error.hint };
  }
}

describe('createSectionReader', () => {
  it.each(Array.from({ length: 300 }, (_, seed) => seed))('does not mind where the text is cut, seed %i', (seed) => {
    const { below, pick } = seededRandom(seed);
    const text = pick(['-- migrate:up\n', '']) + Array.from({ length: below(12) }, () => pick(lines)).join('');
    const parts: string[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + below(pick([3, 30, 6_000]));
      parts.push(text.slice(at, at + length));
      at += length;
    }
    expect(readParts(parts)).toEqual(readParts([text]));
  });
});
