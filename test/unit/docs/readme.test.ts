import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { withTables } from '../../../scripts/update-readme.ts';

const project = resolve(import.meta.dirname, '../../..');

describe('README.md', () => {
  it('has the settings and exit codes that the code has (npm run docs writes them)', async () => {
    const readme = await readFile(resolve(project, 'README.md'), 'utf8');
    expect(readme).toBe(withTables(readme));
  });

  it('maps every one of the 23 old commands', async () => {
    const readme = await readFile(resolve(project, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| (\d+) \|/gm)]
      .map(([, number]) => Number(number))
      .filter((number, index) => number === index + 1);
    expect(rows).toHaveLength(23);
  });

  it('names only files that exist', async () => {
    const readme = await readFile(resolve(project, 'README.md'), 'utf8');
    for (const [, target = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g))
      await expect(readFile(resolve(project, target))).resolves.toBeTruthy();
  });
});
