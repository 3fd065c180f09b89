import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../../..');
const table = readFileSync(join(project, 'ARCHITECTURE.md'), 'utf8').split('## To change X, open Y')[1] ?? '';
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| to change'))
  .map((line) => line.split('|').slice(1, 3));

/** Where a name of a row may be meant to lie: from the root, beside the name before it, or in a room of the same program. */
function found(name: string, before: string | undefined): string | undefined {
  const program = before?.split('/').slice(0, 2).join('/');
  const folder = before === undefined || before.endsWith('/') ? before : dirname(before);
  const places = [
    name,
    ...(folder === undefined ? [] : [join(folder, name)]),
    ...(program ? [join(program, name)] : []),
  ];
  return places.find((place) => existsSync(join(project, place)));
}

describe('ARCHITECTURE.md names', () => {
  it.each(rows)('only what exists, to change %s', (_, where = '') => {
    let before: string | undefined;
    const names = [...where.matchAll(/`([^`\s]+)`/g)].map(([, name = '']) => name);
    const missing: string[] = [];
    for (const name of names.filter((candidate) => /[./]/.test(candidate) && !candidate.includes('<'))) {
      const place = found(name, before);
      if (place === undefined) missing.push(name);
      else if (basename(place) !== place) before = name.endsWith('/') ? `${place.replace(/\/$/, '')}/` : place;
    }
    expect(missing).toEqual([]);
  });
});
