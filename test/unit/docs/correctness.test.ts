import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../../..');
const rows = parseTable(readFileSync(resolve(project, 'docs/correctness.md'), 'utf8'));

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

interface Row {
  readonly number: number;
  readonly cells: readonly string[];
  readonly proofs: readonly Proof[];
}

interface Proof {
  readonly file: string;
  /** A test, perhaps behind its groups. */
  readonly names: readonly string[];
}

function parseTable(markdown: string): readonly Row[] {
  return markdown
    .split('\n')
    .filter((line) => /^\| *\d/.test(line))
    .map((line) => {
      const cells = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return { number: Number(cells[0]), cells, proofs: parseProofs(cells[3] ?? '') };
    });
}

/** `` `test/…/x.test.ts` › `group` › `test` ``, as often as there is one. */
function parseProofs(cell: string): readonly Proof[] {
  return [...cell.matchAll(/`(test\/[^`]+)`((?: › `[^`]+`)*)/g)].map(([, file = '', rest = '']) => ({
    file,
    names: [...rest.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }));
}

/** Those that are not where they should be: a test stands behind the group that is named before it. */
function missingNames(names: readonly string[], source: string): readonly string[] {
  let from = 0;
  return names.filter((name) => {
    const at = indexOfTestName(name, source, from);
    if (at !== -1) from = at + name.length;
    return at === -1;
  });
}

/** Where the source has the name as a whole literal in front of a function, as only a test or a group has it. */
function indexOfTestName(name: string, source: string, from: number): number {
  const starts = ["'", '"', '`'].flatMap((quote) => {
    const literal = `${quote}${name}${quote},`;
    const found: number[] = [];
    for (let at = source.indexOf(literal, from); at !== -1; at = source.indexOf(literal, at + 1))
      if (/^\s*(?:async\s*)?\(/.test(source.slice(at + literal.length, at + literal.length + 80))) found.push(at);
    return found;
  });
  return starts.length === 0 ? -1 : Math.min(...starts);
}
