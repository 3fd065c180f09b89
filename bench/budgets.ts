/** A measured figure that a budget is held against. */
export type FigureName = (typeof budgets)[number]['figure'];

export interface BudgetLine {
  /** The part that measures it. */
  readonly part: string;
  readonly what: string;
  readonly budget: string;
  readonly measured: string;
  readonly verdict: 'met' | 'not met' | 'not measured';
}

/**
 * What the programs promise: the budgets of the design, section by section. `limit` is the largest figure that meets it,
 * `below` demands less than it.
 */
const budgets = [
  {
    figure: 'check-over-bare-node',
    part: 'nothing-pending',
    what: '`migrate check`, nothing pending, 500 revisions, 0.25 vCPU, beside bare Node with pg and one query',
    limit: 1.3,
    unit: '×',
  },
  {
    figure: 'check-over-alembic',
    part: 'nothing-pending',
    what: 'the same beside Alembic (the faster one here)',
    limit: 0.2,
    unit: '×',
  },
  {
    figure: 'tiny-over-psql',
    part: 'empty-database',
    what: '500 tiny revisions on an empty database, beside psql doing the same transactions (those of `--sql`)',
    limit: 1.25,
    unit: '×',
  },
  {
    figure: 'tiny-over-lean-psql',
    part: 'empty-database',
    what: 'the same beside psql with a record of an id and a time only',
    limit: 1.25,
    unit: '×',
  },
  {
    figure: 'trips-per-revision',
    part: 'empty-database',
    what: 'round trips per transactional `.sql` revision',
    limit: 2,
    unit: '',
  },
  {
    figure: 'distant-over-psql',
    part: 'empty-database',
    what: '50 revisions with 5 ms each way, beside psql',
    limit: 1,
    below: true,
    unit: '×',
  },
  {
    figure: 'inserts-over-psql',
    part: 'large-revision',
    what: 'a 100 MB revision of INSERTs, beside `psql -f`',
    limit: 1.3,
    unit: '×',
  },
  {
    figure: 'inserts-peak-mib',
    part: 'large-revision',
    what: 'peak memory of it',
    limit: 160,
    unit: ' MiB',
  },
  {
    figure: 'copy-over-psql',
    part: 'large-revision',
    what: 'a 100 MB revision of COPY, beside `psql -f`',
    limit: 1.3,
    unit: '×',
  },
  { figure: 'copy-peak-mib', part: 'large-revision', what: 'peak memory of it', limit: 160, unit: ' MiB' },
  {
    figure: 'help-over-node',
    part: 'launcher',
    what: '`launch-migration --help` beside `node -e 0`',
    limit: 2.5,
    unit: '×',
  },
  {
    figure: 'trips-explicit',
    part: 'launcher',
    what: 'round trips one after the other before RunTask, outputs given',
    limit: 2,
    unit: '',
  },
  {
    figure: 'trips-wumbo',
    part: 'launcher',
    what: 'the same with the stacks of Wumbo',
    limit: 4,
    unit: '',
  },
  {
    figure: 'stopped-to-prompt-ms',
    part: 'launcher',
    what: 'container seen stopped and end marker read → prompt',
    limit: 2_000,
    unit: ' ms',
  },
  { figure: 'lines-lost', part: 'launcher', what: '100,000 log lines: lost', limit: 0, unit: '' },
  { figure: 'lines-twice', part: 'launcher', what: '100,000 log lines: shown twice', limit: 0, unit: '' },
  { figure: 'log-peak-mib', part: 'launcher', what: '100,000 log lines: peak memory', limit: 200, unit: ' MiB' },
  { figure: 'image-mb', part: 'image', what: 'image, compressed', limit: 60, unit: ' MB' },
  { figure: 'image-processes', part: 'image', what: 'processes in the container', limit: 1, unit: '' },
  {
    figure: 'image-as-root',
    part: 'image',
    what: 'processes of root in it, its root file system read-only',
    limit: 0,
    unit: '',
  },
] as const;

/** Holds the figures against the budgets, all of them: one without a figure is `not measured`. */
export function judgeBudgets(figures: Readonly<Partial<Record<FigureName, number>>>): readonly BudgetLine[] {
  return budgets.map((budget) => {
    const { figure, part, what, limit, unit } = budget;
    const mustBeLess = 'below' in budget;
    const measured = figures[figure];
    const allowed = `${mustBeLess ? '<' : '≤'} ${limit}${unit}`;
    if (measured === undefined) return { part, what, budget: allowed, measured: '', verdict: 'not measured' };
    const isMet = mustBeLess ? measured < limit : measured <= limit;
    const short = readable(measured);
    // Rounding must not make a figure beyond the limit look like one within it.
    const shown = !isMet && Number(short) <= limit ? String(measured) : short;
    return { part, what, budget: allowed, measured: `${shown}${unit}`, verdict: isMet ? 'met' : 'not met' };
  });
}

function readable(figure: number): string {
  if (Number.isInteger(figure)) return String(figure);
  return figure >= 100 ? figure.toFixed(0) : figure.toFixed(2);
}
