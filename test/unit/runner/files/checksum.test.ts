import { describe, expect, it } from 'vitest';

import { createChecksum } from '../../../../src/runner/files/checksum.ts';
import { checksumOf } from '../../../../src/runner/files/normalised-text.ts';
import { seededRandom } from './seeded-random.ts';

describe('createChecksum', () => {
  it.each(Array.from({ length: 100 }, (_, seed) => seed))(
    'is that of the whole text, wherever its bytes are cut, seed %i',
    (seed) => {
      const { below, pick } = seededRandom(seed);
      const text = Array.from({ length: below(60) }, () => pick(['\r', '\n', '\r\n', 'a', '🚀', ' '])).join('');
      const bytes = Buffer.from(text);
      const checksum = createChecksum();
      for (let at = 0; at < bytes.length;) {
        const length = below(5);
        checksum.update(bytes.subarray(at, at + length));
        at += length;
      }
      expect(checksum.digest()).toBe(checksumOf(text));
    },
  );
});
