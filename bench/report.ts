import { judgeBudgets, type BudgetLine } from './budgets.ts';
import { isLoaded, type Machine } from './machine.ts';
import type { Table } from './part.ts';
import type { PartResult } from './results.ts';

/** The results as a Markdown page: budgets first, then every table with what there is to know of it. */
export function formatResults(results: readonly PartResult[], order: readonly string[]): string {
  const lines = [
    '# Measured side by side',
    '',
    'Made by `npm run bench`; `npm run bench -- PART` measures one part anew, and its tables here with it. Medians of interleaved runs, each a whole process: wall time, CPU seconds of the process and its children, peak memory of the largest. Ratios travel between machines, milliseconds do not.',
    '',
    ...listOf(distinct(results.map(({ machine }) => describe(machine)))),
    ...listOf(distinct(results.map(({ postgres, tools }) => `PostgreSQL ${postgres}; ${tools.join(', ')}.`))),
    ...listOf(absentOf(results)),
    '',
    '## Budgets',
    '',
    ...markdownTable(budgetTable(results)),
  ];
  for (const name of order) {
    const result = results.find(({ part }) => part === name);
    lines.push('', `## ${name}`, '');
    if (result === undefined) lines.push('Not measured yet.');
    else lines.push(circumstances(result), ...result.tables.flatMap(tableLines));
  }
  return `${lines.join('\n')}\n`;
}

/** The budgets beside what was measured. */
export function budgetTable(results: readonly PartResult[]): Pick<Table, 'columns' | 'rows'> {
  const figures = Object.assign({}, ...results.map((result) => result.figures)) as PartResult['figures'];
  return {
    columns: ['what', 'budget', 'measured', 'verdict', 'part'],
    rows: judgeBudgets(figures).map(({ part, what, budget, measured, verdict }: BudgetLine) => [
      what,
      budget,
      measured,
      verdict === 'not met' ? '**not met**' : verdict,
      part,
    ]),
  };
}

/** A table with its title and notes. */
export function tableLines(table: Table): readonly string[] {
  const rows = table.rows.length === 0 ? [] : ['', ...markdownTable(table)];
  const notes = table.notes.length === 0 ? [] : ['', ...table.notes.map((note) => `- ${note}`)];
  return ['', `### ${table.title}`, '', table.about, ...rows, ...notes];
}

export function markdownTable({ columns, rows }: Pick<Table, 'columns' | 'rows'>): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(columns), line(columns.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}

function circumstances({ measuredAt, tookSeconds, size, commit, machine, failure }: PartResult): string {
  const loaded = isLoaded(machine)
    ? ` **The machine was loaded** (load average ${machine.load} on ${machine.cores} cores before the start): take the CPU seconds and the ratios, not the milliseconds.`
    : '';
  const amount = size === 'full' ? '' : ` with \`--${size}\``;
  const broken = failure === undefined ? '' : ` **It failed**: ${failure}`;
  return `Measured on ${measuredAt.slice(0, 16).replace('T', ' ')} UTC${amount}, in ${tookSeconds} s${commit === undefined ? '' : `, at commit ${commit}`}; load average ${machine.load} before the start.${loaded}${broken}`;
}

function describe({ cores, cpu, memoryGiB, platform, node }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, ${platform}, Node ${node}.`;
}

function absentOf(results: readonly PartResult[]): readonly string[] {
  const absent = distinct(results.flatMap((result) => result.absent));
  return absent.length === 0 ? [] : [`Not installed, so not measured: ${absent.join(', ')}.`];
}

function listOf(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`);
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
