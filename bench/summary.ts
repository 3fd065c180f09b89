import { markdownTable } from './report.ts';
import type { PartResult } from './results.ts';

const shown = [
  {
    title: /^Nothing pending, 500 applied, 0\.25 vCPU$/,
    column: 'wall ms',
    heading: 'nothing pending, 500 applied, 0.25 vCPU: ms',
  },
  { title: /^500 tiny revisions$/, column: 'wall ms', heading: '500 revisions, empty database: ms' },
  { title: /^50 tiny revisions, 5 ms/, column: 'wall ms', heading: '50 revisions, 5 ms away: ms' },
  { title: /^50 tiny revisions, 5 ms/, column: 'a revision', heading: 'round trips a revision' },
  { title: /^One revision of 50 MB$/, column: 'wall ms', heading: '50 MB of INSERTs: ms' },
  { title: /^One revision of 50 MB$/, column: 'peak MiB', heading: 'its memory: MiB' },
];

/** The few figures that the README shows: each tool in the tables that compare tools. */
export function formatSummary(results: readonly PartResult[]): string {
  const tables = results.flatMap((result) => result.tables);
  const columns = shown.map(({ title, column, heading }) => {
    const table = tables.find((candidate) => title.test(candidate.title));
    const index = table?.columns.indexOf(column) ?? -1;
    return { heading, figures: new Map(table?.rows.map((row) => [row[0] ?? '', row[index] ?? ''])) };
  });
  const tools = [...new Set(columns.flatMap(({ figures }) => [...figures.keys()]))];
  const rows = tools.map((tool) => [tool, ...columns.map(({ figures }) => figures.get(tool) ?? '')]);
  const date =
    results
      .map(({ measuredAt }) => measuredAt.slice(0, 10))
      .toSorted()
      .at(-1) ?? '';
  return [
    `Measured on ${date}, medians of interleaved runs; the machine, versions, budgets, authoring and launcher: [bench/results.md](bench/results.md). Repeat it with \`npm run bench\` (half an hour) or \`npm run bench -- --quick\` (two minutes).`,
    '',
    ...markdownTable({ columns: ['tool', ...columns.map(({ heading }) => heading)], rows }),
  ].join('\n');
}

/** The page with the text between its marks. @throws Error when it has none. */
export function withSummary(page: string, summary: string): string {
  const marked = /<!-- begin bench -->[\s\S]*<!-- end bench -->/;
  if (!marked.test(page)) throw new Error('README.md lacks <!-- begin bench --> and <!-- end bench -->');
  return page.replace(marked, () => `<!-- begin bench -->\n${summary}\n<!-- end bench -->`);
}
