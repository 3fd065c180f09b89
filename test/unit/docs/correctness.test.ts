import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { missingNames, project, readCaseTable } from './case-table.ts';

const rows = readCaseTable('docs/correctness.md');

describe('docs/correctness.md', () => {
  it('has every case from 1 to 55 once, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 55 }, (_, index) => index + 1));
  });

  it.each(rows)('case $number says what happens, and proves it or says honestly that it does not', (row) => {
    expect(row.cells).toHaveLength(4);
    expect(row.cells.filter((cell) => cell === '')).toEqual([]);
    expect(row.proofs.length > 0 || /\*\*(?:cannot occur|not yet):\*\* \S/.test(row.cells[3] ?? '')).toBe(true);
  });

  it.each(rows.flatMap(({ number, proofs }) => proofs.map((proof) => ({ number, ...proof }))))(
    'case $number: $file has $names',
    ({ file, names }) => {
      expect(existsSync(resolve(project, file))).toBe(true);
      const source = readFileSync(resolve(project, file), 'utf8');
      expect(missingNames(names, source)).toEqual([]);
      expect(names.length).toBeGreaterThan(0);
    },
  );

  it('names a file only together with a test in it', () => {
    const paths = rows.flatMap(({ cells }) => [...cells.join(' ').matchAll(/test\/[\w/.-]+\.ts/g)]);
    expect(paths).toHaveLength(rows.flatMap(({ proofs }) => proofs).length);
  });
});
