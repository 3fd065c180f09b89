import { describe, expect, it } from 'vitest';

import { createEventRenderer, revisions } from '../../../src/contract/event-lines.ts';
import { createPaint } from '../../../src/contract/paint.ts';
import { isKnownEvent, type RunEventBody, type RunEventName } from '../../../src/contract/run-events.ts';

type Row = readonly [RunEventBody, readonly string[]];

const revision = '20260102000000';
const name = '20260102000000_add_phone';
const failed = { event: 'revision.failed', revision, name, file: `m/${name}.sql`, message: 'no such table' } as const;
const blocker = { pid: 42, application: 'psql', query: 'SELECT 1', ageMs: 61_000 };
const progress = { event: 'statement.progress', revision, statement: 2, statements: 5 } as const;
const blocked = { event: 'lock.blocked', revision, statement: 1, blockers: [blocker], attempt: 2 } as const;
const started = {
  event: 'revision.started',
  revision,
  name,
  direction: 'up',
  index: 1,
  count: 3,
  transactional: true,
} as const;
const run = { event: 'run.started', command: 'upgrade', target: 'head', revisionCount: 1, version: '1.2.3' } as const;

/** At least one row for every event of the union: a new event without a row does not compile. */
const rows = {
  'run.started': [
    [{ ...run, database: 'wumbo at db:5432' }, ['migrate 1.2.3: upgrade head on wumbo at db:5432']],
    [{ ...run, target: '', database: 'wumbo at db:5432' }, ['migrate 1.2.3: upgrade on wumbo at db:5432']],
  ],
  'database.waiting': [
    [
      { event: 'database.waiting', attempt: 2, reason: 'ECONNREFUSED' },
      ['waiting for the database (try 2): ECONNREFUSED'],
    ],
  ],
  'lock.waiting': [[{ event: 'lock.waiting', waitedMs: 0 }, ['waiting for the lock that another runner holds (0 ms)']]],
  'lock.acquired': [
    [{ event: 'lock.acquired', waitedMs: 999 }, []],
    [{ event: 'lock.acquired', waitedMs: 1_000 }, ['got the lock after 1.0 s']],
  ],
  plan: [
    [{ event: 'plan', direction: 'up', revisions: [name] }, ['1 revision to apply']],
    [{ event: 'plan', direction: 'down', revisions: ['a', 'b'] }, ['2 revisions to revert']],
    [{ event: 'plan', direction: 'up', revisions: [] }, []],
  ],
  'revision.started': [[started, []]],
  'statement.progress': [
    [progress, ['  statement 2 of 5']],
    [{ ...progress, phase: 'building', done: 1, total: 3 }, ['  statement 2 of 5: building 33 %']],
    [{ ...progress, phase: 'starting', done: 0, total: 0 }, ['  statement 2 of 5: starting']],
    [{ ...progress, phase: 'building', total: 3 }, ['  statement 2 of 5: building 0 %']],
  ],
  'lock.blocked': [
    [blocked, ['  statement 1 waits for a table lock (try 2); held by', '    pid 42 (psql), for 1 min 1 s: SELECT 1']],
    [
      { ...blocked, retryInMs: 2_500, blockers: [{ ...blocker, application: '' }] },
      [
        '  statement 1 waits for a table lock (try 2, trying again in 2.5 s); held by',
        '    pid 42, for 1 min 1 s: SELECT 1',
      ],
    ],
  ],
  notice: [[{ event: 'notice', revision, severity: 'NOTICE', message: 'two\nlines' }, ['  NOTICE: two lines']]],
  'revision.applied': [
    [{ event: 'revision.applied', revision, name, durationMs: 12 }, [`✓ applied ${name} in 12 ms`]],
    [{ event: 'revision.applied', revision, name: 'add_phone', durationMs: 12 }, [`✓ applied ${name} in 12 ms`]],
  ],
  'revision.reverted': [
    [{ event: 'revision.reverted', revision, name, durationMs: 12 }, [`✓ reverted ${name} in 12 ms`]],
  ],
  'revision.failed': [
    [failed, [`✗ ${name} failed`, `  m/${name}.sql: no such table`]],
    [
      { ...failed, line: 3, column: 7, sqlState: '42P01', detail: 'two\nlines', state: 'Rolled back.', hint: 'Look.' },
      [
        `✗ ${name} failed`,
        `  m/${name}.sql:3:7: no such table (SQLSTATE 42P01)`,
        '  detail: two lines',
        '  Rolled back.',
        '  hint: Look.',
      ],
    ],
  ],
  message: [
    [{ event: 'message', level: 'info', text: 'hello' }, ['hello']],
    [{ event: 'message', level: 'warning', text: 'hm' }, ['warning: hm']],
    [{ event: 'message', level: 'error', text: 'no' }, ['error: no']],
  ],
  'run.finished': [
    [
      {
        event: 'run.finished',
        outcome: 'succeeded',
        exitCode: 0,
        applied: [],
        reverted: [],
        pending: [],
        current: name,
        durationMs: 1,
      },
      [],
    ],
  ],
} as const satisfies Record<RunEventName, readonly Row[]>;

const render = (event: RunEventBody): readonly string[] => createEventRenderer(createPaint('off')).lines(event);

describe('every event has its lines', () => {
  it.each<Row>(Object.values(rows).flat())('%j', (event, lines) => {
    expect(render(event)).toEqual(lines);
  });

  it('and is one that isKnownEvent knows', () => {
    const events = Object.values(rows).flatMap((group) => group.map(([event]) => event));
    expect(events.filter((event) => !isKnownEvent(event))).toEqual([]);
  });
});

describe('the lines of an event', () => {
  it('a blockage whose blockers are gone by the time of the look does not end in "held by"', () => {
    expect(render({ ...blocked, blockers: [] }).join('\n')).not.toMatch(/held by$/);
  });

  it('an error with an excerpt keeps the caret below its place', () => {
    const text = 'm/a.sql:2:11: END inside a revision.\n2 | SELECT 1; END;\n  |           ^\n  Remove it.';
    const [, source = '', caret = ''] = render({ event: 'message', level: 'error', text });
    expect(source.indexOf('END')).toBe(caret.indexOf('^'));
  });

  it('a failure keeps the caret of its excerpt below its place', () => {
    const lines = render({ ...failed, excerpt: '12 | DROP x\n   |      ^' });
    expect(lines.slice(2)).toEqual(['    12 | DROP x', '       |      ^']);
  });

  it('after one revision has ended the next event is not counted as a part of it', () => {
    const renderer = createEventRenderer(createPaint('off'));
    const lines = [started, failed, { ...failed, revision: '2', name: '2_b' }].flatMap((event) =>
      renderer.lines(event),
    );
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([`✗ 1/3 ${name} failed`, '✗ 2_b failed']);
  });

  it.each([
    [0, '0 revisions'],
    [1, '1 revision'],
    [2, '2 revisions'],
  ])('%i: %s', (count, text) => {
    expect(revisions(count)).toBe(text);
  });
});
