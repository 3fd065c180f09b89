import { cpus, totalmem } from 'node:os';

import type { Table } from './part.ts';

export interface Setting {
  readonly date: Date;
  readonly postgres: string;
  readonly versions: readonly string[];
  readonly absent: readonly string[];
  readonly quick: boolean;
}

/** The results as a Markdown page. */
export function formatResults(tables: readonly Table[], setting: Setting): string {
  const [cpu] = cpus();
  const lines = [
    '# Measured side by side',
    '',
    `On ${setting.date.toISOString().slice(0, 10)}: ${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, PostgreSQL ${setting.postgres}, Node ${process.version}${setting.quick ? ', `--quick`' : ''}. Repeat it with \`npm run bench\`.`,
    '',
    `Tools: ${setting.versions.join(', ')}.${setting.absent.length === 0 ? '' : ` Not installed, so not measured: ${setting.absent.join(', ')}.`}`,
    '',
    'Medians of interleaved runs, each a whole process. Ratios travel between machines, milliseconds do not.',
  ];
  for (const table of tables) lines.push('', `## ${table.title}`, '', table.about, '', ...markdownTable(table));
  return `${lines.join('\n')}\n`;
}

export function markdownTable({ columns, rows }: Pick<Table, 'columns' | 'rows'>): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(columns), line(columns.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}

/** The few figures that the README shows: for each tool its wall time in the named tables. */
export function formatSummary(tables: readonly Table[], { date, quick }: Pick<Setting, 'date' | 'quick'>): string {
  const shown = [
    {
      title: /^Nothing pending, 500 applied, 0\.25 vCPU$/,
      column: 'wall ms',
      heading: 'nothing pending, 500 applied, 0.25 vCPU (ms)',
    },
    {
      title: /^\d+ tiny revisions$/,
      column: 'wall ms',
      heading: `${quick ? 100 : 500} revisions, empty database (ms)`,
    },
    { title: /^50 tiny revisions, 5 ms/, column: 'wall ms', heading: '50 revisions, 5 ms away (ms)' },
    { title: /^50 tiny revisions, 5 ms/, column: 'round trips', heading: 'round trips of these' },
  ].map(({ title, column, heading }) => {
    const table = tables.find((candidate) => title.test(candidate.title));
    const index = table?.columns.indexOf(column) ?? -1;
    return { heading, figures: new Map(table?.rows.map((row) => [row[0] ?? '', row[index] ?? ''])) };
  });
  const tools = [...new Set(shown.flatMap(({ figures }) => [...figures.keys()]))];
  const rows = tools.map((tool) => [tool, ...shown.map(({ figures }) => figures.get(tool) ?? '')]);
  const table = markdownTable({ columns: ['tool', ...shown.map(({ heading }) => heading)], rows });
  return [
    `Measured on ${date.toISOString().slice(0, 10)}; all figures and the machine: [bench/results.md](bench/results.md).`,
    '',
    ...table,
  ].join('\n');
}
