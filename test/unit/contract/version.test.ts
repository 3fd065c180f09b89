import { expect, it } from 'vitest';

import { version } from '../../../src/contract/version.ts';

it('a run from the sources says so', () => {
  expect(version).toBe('0.0.0-source');
});
