import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

import { withRules } from '../../../scripts/update-readme.ts';

test('docs/lint.md has the rules that the code has (npm run docs writes them)', async () => {
  const guide = await readFile(resolve(import.meta.dirname, '../../../docs/lint.md'), 'utf8');
  expect(guide).toBe(withRules(guide));
});
