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
