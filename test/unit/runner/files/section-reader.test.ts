import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SectionProblem } from '../../../../src/runner/files/section-problem.ts';
import { createSectionReader } from '../../../../src/runner/files/section-reader.ts';
import { cutAnywhere } from './cut-anywhere.ts';

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
  const text = fc
    .tuple(fc.constantFrom('-- migrate:up\n', ''), fc.array(fc.constantFrom(...lines), { maxLength: 12 }))
    .map(([start, rest]) => start + rest.join(''));

  it.each([3, 30, 6_000])('does not mind where the text is cut, into parts of up to %i', (longest) => {
    fc.assert(
      fc.property(cutAnywhere(text, longest), (parts) => {
        expect(readParts(parts)).toEqual(readParts([parts.join('')]));
      }),
      { numRuns: 150 },
    );
  });
});
