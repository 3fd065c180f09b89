import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { missingNames, project, readCaseTable } from './case-table.ts';

/** Claims of a document whose table goes through numbered cases, with the tests that prove each. */
export function describeCaseTable(file: string, caseCount: number): void {
  const rows = readCaseTable(file);
  describe(file, () => {
    it(`has every case from 1 to ${caseCount} once, in order`, () => {
      expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: caseCount }, (_, index) => index + 1));
    });

    it.each(rows)('case $number says what happens, and proves it or says honestly that it does not', (row) => {
      expect(row.cells).toHaveLength(4);
      expect(row.cells.filter((cell) => cell === '')).toEqual([]);
      expect(row.proofs.length > 0 || /\*\*(?:cannot occur|not yet):\*\* \S/.test(row.cells[3] ?? '')).toBe(true);
    });

    it.each(rows.flatMap(({ number, proofs }) => proofs.map((proof) => ({ number, ...proof }))))(
      'case $number: $file has $names',
      ({ file: testFile, names }) => {
        expect(existsSync(resolve(project, testFile))).toBe(true);
        const source = readFileSync(resolve(project, testFile), 'utf8');
        expect(missingNames(names, source)).toEqual([]);
        expect(names.length).toBeGreaterThan(0);
      },
    );

    it('names a file only together with a test in it', () => {
      const paths = rows.flatMap(({ cells }) => [...cells.join(' ').matchAll(/test\/[\w/.-]+\.ts/g)]);
      expect(paths).toHaveLength(rows.flatMap(({ proofs }) => proofs).length);
    });
  });
}
