import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createChecksum } from '../../../../src/runner/files/checksum.ts';
import { checksumOf } from '../../../../src/runner/files/normalised-text.ts';

describe('createChecksum', () => {
  it('is that of the whole text, wherever its bytes are cut', () => {
    const text = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', '🚀', ' ')).map((parts) => parts.join(''));
    const lengths = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, lengths, (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const checksum = createChecksum();
        let at = 0;
        for (const length of cuts) {
          checksum.update(bytes.subarray(at, at + length));
          at = Math.min(at + length, bytes.length);
        }
        checksum.update(bytes.subarray(at));
        expect(checksum.digest()).toBe(checksumOf(whole));
      }),
      { numRuns: 300 },
    );
  });
});
