import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../src/contract/run-events.ts';
import { createPaint } from '../../../src/contract/paint.ts';
import { createEventRenderer } from '../../../src/contract/event-lines.ts';

function render(...bodies: readonly (RunEventBody | 'pause')[]): readonly string[] {
  const renderer = createEventRenderer(createPaint('off'));
  return bodies.flatMap((body) => (body === 'pause' ? renderer.pause() : renderer.lines(body)));
}
const started = {
  event: 'revision.started',
  revision: '2026',
  name: '2026_users',
  direction: 'up',
  index: 2,
  count: 3,
  transactional: true,
} as const;
const applied = { event: 'revision.applied', revision: '2026', name: '2026_users', durationMs: 1_234 } as const;

describe('createEventRenderer', () => {
  it('gives a quick revision one line with its number and time', () => {
    expect(render(started, applied, 'pause')).toEqual(['✓ 2/3 applied 2026_users in 1.2 s']);
  });

  it('names a slow revision while it runs, once', () => {
    expect(render(started, 'pause', 'pause', applied)).toEqual([
      '… 2/3 applying 2026_users',
      '✓ 2/3 applied 2026_users in 1.2 s',
    ]);
  });

  it('shows a failure with its place, excerpt and hint', () => {
    const failed = {
      event: 'revision.failed',
      revision: '2026',
      name: '2026_users',
      file: 'migrations/2026_users.sql',
      line: 3,
      column: 14,
      sqlState: '42P07',
      message: 'relation exists',
      hint: 'drop it',
      excerpt: '3 | create\n  | ^',
    } as const;
    expect(render(started, failed)).toEqual([
      '✗ 2/3 2026_users failed',
      '  migrations/2026_users.sql:3:14: relation exists (SQLSTATE 42P07)',
      '    3 | create',
      '      | ^',
      '  hint: drop it',
    ]);
  });

  it('gives a statement that reports every second a line for each phase and each tenth of it', () => {
    const at = (phase: string, done: number): RunEventBody => ({
      event: 'statement.progress',
      revision: '2026',
      statement: 1,
      statements: 1,
      phase,
      done,
      total: 100,
    });
    const reports = [
      at('scan', 0),
      ...Array.from({ length: 21 }, (_, done) => at('scan', done)),
      at('sort', 0),
      at('sort', 5),
    ];
    expect(render(started, ...reports)).toEqual([
      '… 2/3 applying 2026_users',
      '  statement 1 of 1: scan 0 %',
      '  statement 1 of 1: scan 10 %',
      '  statement 1 of 1: scan 20 %',
      '  statement 1 of 1: sort 0 %',
    ]);
  });

  it('says who holds the lock that it waits for', () => {
    expect(render({ event: 'lock.waiting', holder: 'pid 7 (bob)', waitedMs: 5_000 })).toEqual([
      'waiting for the lock that pid 7 (bob) holds (5.0 s)',
    ]);
    const blockers = [{ pid: 7, application: 'psql', query: 'select\n1', ageMs: 61_000 }];
    expect(
      render(started, { event: 'lock.blocked', revision: '2026', statement: 1, blockers, attempt: 2, retryInMs: 500 }),
    ).toEqual([
      '… 2/3 applying 2026_users',
      '  statement 1 waits for a table lock (try 2, trying again in 500 ms); held by',
      '    pid 7 (psql), for 1 min 1 s: select 1',
    ]);
  });

  it('lets no event steer the terminal or forge a line', () => {
    expect(render({ event: 'message', level: 'error', text: 'a\n\u001b[2Jb' })).toEqual(['error: a', '  ␛[2Jb']);
    expect(render({ event: 'message', level: 'info', text: 'a\n✓ succeeded' })).toEqual(['a', '  ✓ succeeded']);
  });
});
