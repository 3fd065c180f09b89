import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const read = (path: string): Promise<string> => readFile(path, 'utf8');
const guide = await read('docs/library.md');

describe('docs/library.md', () => {
  it('has every function of the package', async () => {
    const functions = [...(await read('src/runner/library.ts')).matchAll(/^export function (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(functions.length).toBeGreaterThan(11);
    const documented = [...guide.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(functions.toSorted());
  });

  it('has every option that all functions take', async () => {
    const [options = ''] =
      /interface MigrateOptions \{[^]*?\n\}/.exec(await read('src/runner/library/options.ts')) ?? [];
    const names = [...options.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(13);
    const table = guide.slice(guide.indexOf('All take these options too'));
    expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).toSorted()).toEqual(names.toSorted());
  });
});
