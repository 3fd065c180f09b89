import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { exitCodeMeanings } from '../../../src/contract/exit-codes.ts';

const project = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(resolve(project, path), 'utf8');
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(resolve(project, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Pages that others point at already and that are being written; from the day they are there, links to them are checked. */
const awaited = ['docs/json.md'].filter((page) => !existsSync(resolve(project, page)));

describe('the pages', () => {
  it.each(pages)('%s points at files and headings that exist', (page) => {
    for (const [link, path, anchor] of linksOf(read(page))) {
      const target = path === '' ? page : relative(project, resolve(project, dirname(page), path));
      if (awaited.includes(target)) continue;
      expect(existsSync(resolve(project, target)), link).toBe(true);
      expect(anchor === '' || anchorsOf(read(target)).includes(anchor), link).toBe(true);
    }
  });

  it('are all in the README’s list', () => {
    const listed = linksOf(read('README.md')).map(([, path]) => path);
    expect(listed).toEqual(expect.arrayContaining(pages.filter((page) => page !== 'README.md')));
  });
});

describe('docs/runbook.md', () => {
  const runbook = read('docs/runbook.md');

  it('has a row for every exit code', () => {
    const rows = [...runbook.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(rows).toEqual(Object.keys(exitCodeMeanings).map(Number));
  });

  it('has a row for every outcome of a launch', () => {
    const [, union = ''] = /export type Outcome =([^;]*);/.exec(read('src/launcher/verdict/verdict.ts')) ?? [];
    const outcomes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, outcome = '']) => outcome);
    expect(outcomes.length).toBeGreaterThanOrEqual(7);
    const rows = [...runbook.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, outcome]) => outcome);
    expect(rows.toSorted()).toEqual(outcomes.toSorted());
  });
});

describe('docs/adopting-in-wumbo.md', () => {
  it('has a row for each of the twelve bugs, with what to do until it is mended', () => {
    const rows = [...read('docs/adopting-in-wumbo.md').matchAll(/^\| (\d+) \|(.*)\|$/gm)];
    expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    for (const [, number, cells = ''] of rows)
      expect(
        cells.split('|').filter((cell) => cell.trim() !== ''),
        `row ${number}`,
      ).toHaveLength(4);
  });
});

function linksOf(markdown: string): readonly (readonly [link: string, path: string, anchor: string])[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .map((link) => {
      const [path = '', anchor = ''] = link.split('#');
      return [link, path, anchor] as const;
    });
}

/** As GitHub makes them from headings. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
