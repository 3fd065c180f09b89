import { describe, expect, it } from 'vitest';

import { isLoaded, type Machine } from '../../../bench/machine.ts';
import { comparisonTable } from '../../../bench/part.ts';
import { formatResults } from '../../../bench/report.ts';
import { mergeResults, reasonsAgainstReadme, type PartResult } from '../../../bench/results.ts';
import { formatSummary, withSummary } from '../../../bench/summary.ts';

const machine: Machine = {
  cores: 2,
  cpu: 'Slow 1',
  memoryGiB: 8,
  platform: 'linux x64',
  node: 'v24.0.0',
  load: 0.2,
};
const result = (part: string, changes: Partial<PartResult> = {}): PartResult => ({
  part,
  measuredAt: '2026-11-22T10:20:30.000Z',
  tookSeconds: 12,
  size: 'full',
  machine,
  postgres: '16.14',
  tools: ['migrate (ours) 1', 'psql, one script 15'],
  absent: ['sqitch'],
  tables: [],
  figures: {},
  ...changes,
});
const order = ['nothing-pending', 'empty-database'];
const timesOf = (wallMs: number) => ({ wallMs, cpuMs: 20, peakMiB: 53.4 });
const compared = comparisonTable(
  { title: '500 tiny revisions', about: 'On an empty database.' },
  [
    { name: 'migrate (ours)', median: timesOf(750) },
    { name: 'psql, one script', median: timesOf(500), remark: 'the better of 2 runs, since each takes long' },
    { name: 'broken|tool', median: undefined, failure: 'exit code 1:\n  it is broken' },
  ],
  'psql, one script',
);

describe('a table of a comparison', () => {
  it('has ratios to the reference, and names what failed below it', () => {
    expect(compared.rows).toEqual([
      ['migrate (ours)', '750', '1.50', '0.02', '53'],
      ['psql, one script', '500', '1.00', '0.02', '53'],
      ['broken|tool', 'failed', '', '', ''],
    ]);
    expect(compared.notes).toEqual([
      'psql, one script: the better of 2 runs, since each takes long',
      'broken|tool failed: exit code 1: it is broken',
    ]);
  });
});

describe('bench/results.md', () => {
  it('shows budgets, every table with its notes, the machine, versions, dates and what is absent', () => {
    const page = formatResults(
      [result('empty-database', { tables: [compared], figures: { 'tiny-over-psql': 1.5 } })],
      order,
    );
    expect(page).toContain('- 2 cores (Slow 1), 8 GiB, linux x64, Node v24.0.0.');
    expect(page).toContain('- PostgreSQL 16.14; migrate (ours) 1, psql, one script 15.');
    expect(page).toContain('Not installed, so not measured: sqitch.');
    expect(page).toMatch(
      /psql doing the same transactions \(those of `--sql`\) \| ≤ 1\.25× \| 1\.50× \| \*\*not met\*\* \| empty-database \|/,
    );
    expect(page).toContain('## nothing-pending\n\nNot measured yet.');
    expect(page).toContain('Measured on 2026-11-22 10:20 UTC, in 12 s; load average 0.2 before the start.');
    expect(page).toContain(String.raw`| broken\|tool | failed |  |  |  |`);
    expect(page).toContain('- broken|tool failed: exit code 1: it is broken');
    expect(page).not.toContain('loaded');
  });

  it('says of a part that was measured on a loaded machine that it was, and of a failed one why', () => {
    const page = formatResults(
      [
        result('nothing-pending', { machine: { ...machine, load: 2.1 } }),
        result('empty-database', { failure: 'no room on the disk' }),
      ],
      order,
    );
    expect(page).toContain('**The machine was loaded** (load average 2.1 on 2 cores before the start)');
    expect(page).toContain('**It failed**: no room on the disk');
  });
});

describe('results that are kept', () => {
  it('of a part take the place of its older ones and leave the others', () => {
    const older = [result('nothing-pending'), result('empty-database', { tookSeconds: 1 })];
    const merged = mergeResults(older, [result('empty-database', { tookSeconds: 2 })], order);
    expect(merged.map(({ part, tookSeconds }) => [part, tookSeconds])).toEqual([
      ['nothing-pending', 12],
      ['empty-database', 2],
    ]);
  });

  it('are shown in the README only when every part was measured, to its end, on a quiet machine', () => {
    const good = [result('nothing-pending'), result('empty-database')];
    expect(reasonsAgainstReadme(good, order, isLoaded)).toEqual([]);
    expect(
      reasonsAgainstReadme([result('nothing-pending', { machine: { ...machine, load: 2.1 } })], order, isLoaded),
    ).toEqual([
      'nothing-pending was measured while the machine was loaded',
      'empty-database was never measured in full',
    ]);
    expect(reasonsAgainstReadme([result('nothing-pending', { failure: 'x' })], ['nothing-pending'], isLoaded)).toEqual([
      'nothing-pending failed',
    ]);
  });
});

describe('the table of the README', () => {
  const summary = formatSummary([result('empty-database', { tables: [compared] })]);

  it('has a row for every tool, the date, and how to repeat it', () => {
    expect(summary).toContain('Measured on 2026-11-22');
    expect(summary).toContain('`npm run bench`');
    expect(summary).toMatch(/\| migrate \(ours\) \|  \| 750 \|/);
  });

  it('takes the place between its marks and nothing else', () => {
    const page = 'before\n<!-- begin bench -->\nNot measured yet.\n<!-- end bench -->\nafter\n';
    expect(withSummary(page, 'NEW $& TABLE')).toBe(
      'before\n<!-- begin bench -->\nNEW $& TABLE\n<!-- end bench -->\nafter\n',
    );
    expect(() => withSummary('no marks', 'x')).toThrow('begin bench');
  });
});
