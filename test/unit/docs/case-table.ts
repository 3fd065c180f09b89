import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const project = resolve(import.meta.dirname, '../../..');

/** The numbered rows of a page of cases, each with the proofs in its last cell. */
export function readCaseTable(page: string): readonly Row[] {
  return parseTable(readFileSync(resolve(project, page), 'utf8'));
}

export interface Row {
  readonly number: number;
  readonly cells: readonly string[];
  readonly proofs: readonly Proof[];
}

export interface Proof {
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
export function missingNames(names: readonly string[], source: string): readonly string[] {
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
