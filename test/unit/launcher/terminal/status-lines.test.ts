import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../../src/contract/paint.ts';
import type { RunEventBody } from '../../../../src/contract/run-events.ts';
import { cellWidth } from '../../../../src/launcher/terminal/cell-width.ts';
import { noProgress, progressClause, withProgress, type Progress } from '../../../../src/launcher/terminal/progress.ts';
import { statusLines, type Status } from '../../../../src/launcher/terminal/status-lines.ts';

const started = {
  event: 'revision.started',
  revision: '2026',
  name: '2026_index',
  direction: 'up',
  index: 2,
  count: 5,
  transactional: false,
} as const;
const building = {
  event: 'statement.progress',
  revision: '2026',
  statement: 3,
  statements: 7,
  phase: 'building index: sorting live tuples',
  done: 421,
  total: 1_000,
} as const;
const blocker = { pid: 7, application: 'psql', query: 'SELECT 1', ageMs: 61_000 };

function progressOf(...bodies: readonly RunEventBody[]): Progress {
  return bodies.reduce(
    (progress, body) => withProgress(progress, { ...body, time: 't', runId: 'r' }, 1_000),
    noProgress,
  );
}
function lines(fields: Partial<Status>, columns = 80): readonly string[] {
  const status: Status = {
    phase: 'running',
    phases: { provisioning: 12_000, pulling: 8_100, running: 42_900 },
    progress: noProgress,
    elapsedMs: 65_000,
    silentMs: 0,
    nowMs: 43_500,
    ...fields,
  };
  return statusLines(status, columns, createPaint('off'));
}

describe('statusLines', () => {
  it('tells the phase with its seconds, the time in all, and the phases before', () => {
    expect(lines({})).toEqual(['', '⠋ running 42 s · elapsed 1 min 5 s, provisioning 12.0 s, pulling 8.1 s']);
  });

  it('tells revision, statement and how far it is', () => {
    expect(lines({ progress: progressOf(started, building) }).slice(2)).toEqual([
      '  revision 2 of 5: applying 2026_index, 42 s',
      '  statement 3 of 7: building index: sorting live tuples  ━━━━━━━───────── 42 %',
    ]);
  });

  it('tells how many rows of a backfill are done and how long the rest takes, in a line of its own', () => {
    const walking = {
      event: 'statement.progress',
      revision: '2026',
      statement: 1,
      statements: 1,
      phase: 'backfill of items',
      done: 300_000,
      total: 1_000_000,
      totalFrom: 'estimate',
      leftMs: 70_000,
    } as const;
    const progress = progressOf(started, walking);
    expect(lines({ progress }).at(-1)).toBe('  300,000 of about 1,000,000 rows, 1 min 10 s left');
    expect(progressClause(progress)).toContain(
      '(backfill of items), 30 %, 300,000 of about 1,000,000 rows, 1 min 10 s left',
    );
  });

  it('looks as README.md says', async () => {
    const name = '20260301090000_index_transactions';
    const progress = progressOf({ ...started, name }, building);
    expect(await readFile('README.md', 'utf8')).toContain(`\n${lines({ progress }).slice(1).join('\n')}\n\`\`\`\n`);
  });

  it('tells who holds the lock that the statement waits for, until the wait is over', () => {
    const blocked = { event: 'lock.blocked', revision: '2026', statement: 3, attempt: 1 } as const;
    const waiting = progressOf(started, { ...blocked, blockers: [blocker, blocker] });
    expect(lines({ progress: waiting }).at(-1)).toBe(
      '  waits for a table lock of pid 7 (psql) and 1 more, for 1 min 1 s: SELECT 1',
    );
    expect(
      progressOf(started, { ...blocked, blockers: [blocker] }, { ...blocked, blockers: [] }).waitsFor,
    ).toBeUndefined();
    expect(progressOf(started, { ...blocked, blockers: [blocker] }, building).waitsFor).toBeUndefined();
  });

  it('says when nothing has come for a while, and when only the log is still read', () => {
    expect(lines({ silentMs: 75_000 }).at(-1)).toBe('  nothing new for 1 min 15 s');
    expect(lines({ phase: 'over' })[1]).toMatch(/^⠋ reading the rest of the log · elapsed/);
  });

  it.each([1, 10, 24, 40, 79])('takes no more than %i cells', (columns) => {
    const wide = { ...started, name: '2026_日本語_🚀_very_long_name_of_a_revision_that_goes_on_and_on' };
    const progress = progressOf(wide, building, { event: 'database.waiting', attempt: 1, reason: 'x'.repeat(200) });
    for (const line of lines({ progress }, columns)) expect(cellWidth(line)).toBeLessThanOrEqual(Math.max(columns, 26));
  });

  it('forgets a revision that has ended', () => {
    const ended = { event: 'revision.applied', revision: '2026', name: '2026_index', durationMs: 1 } as const;
    expect(progressOf(started, building, ended)).toEqual(noProgress);
  });
});

describe('progressClause', () => {
  it('says in one clause what is under way', () => {
    expect(progressClause(progressOf(started, building))).toBe(
      '2/5 2026_index, statement 3 of 7 (building index: sorting live tuples), 42 %',
    );
    expect(progressClause(noProgress)).toBeUndefined();
  });
});
