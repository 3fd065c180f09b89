import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { parseRunEvent, type RunEventBody } from '../../../src/contract/run-events.ts';
import type { Output } from '../../../src/runner/output.ts';
import { createOutput, type OutputMode } from '../../../src/runner/terminal-output.ts';

const plain: OutputMode = { events: 'text', documents: false, quiet: false, verbose: false, colour: false };
const error: RunEventBody = { event: 'message', level: 'error', text: 'no' };
const info = { event: 'message', level: 'info', text: 'hello' } as const;
const notice: RunEventBody = { event: 'notice', revision: 'r', severity: 'NOTICE', message: 'skipping' };
const warning: RunEventBody = { ...notice, severity: 'WARNING' };
const failed: RunEventBody = { event: 'revision.failed', revision: 'r', name: 'r_a', file: 'm/r_a.sql', message: 'no' };
const applied: RunEventBody = { event: 'revision.applied', revision: 'r', name: 'r_a', durationMs: 5 };
const finished = {
  event: 'run.finished',
  outcome: 'succeeded',
  exitCode: 0,
  applied: [],
  reverted: [],
  pending: [],
  current: 'r_a',
  durationMs: 1_500,
} as const;
const started: RunEventBody = {
  event: 'revision.started',
  revision: 'r',
  name: 'r_a',
  direction: 'up',
  index: 1,
  count: 1,
  transactional: true,
};

interface Written {
  readonly output: Output;
  readonly out: string[];
  readonly err: string[];
}

/** An output with what it writes to stdout and stderr, line by line. */
function outputIn(mode: Partial<OutputMode>): Written {
  const out: string[] = [];
  const err: string[] = [];
  const streams = { writeOut: (line: string) => void out.push(line), writeErr: (line: string) => void err.push(line) };
  const now = (): Date => new Date('2026-03-01T12:00:00.123Z');
  const lines = (): number => [...out, ...err].flatMap((text) => text.split('\n')).filter((line) => line !== '').length;
  return {
    output: createOutput(streams, { ...plain, ...mode }, { runId: 'run-1', now, printed: { lines, events: 0 } }),
    out,
    err,
  };
}

function written(mode: Partial<OutputMode>, use: (output: Output) => void): { out: string[]; err: string[] } {
  const { output, out, err } = outputIn(mode);
  use(output);
  return { out, err };
}

describe('for people', () => {
  it('events are talk, answers are the product', () => {
    const { out, err } = written({}, (output) => {
      output.emit(applied);
      output.emit(info);
      output.answer({ text: '20260101000000_a (head)', document: { current: 'a' } });
    });
    expect({ out, err }).toEqual({ out: ['20260101000000_a (head)'], err: ['✓ applied r_a in 5 ms', 'hello'] });
  });

  it('an empty answer prints no empty line', () => {
    expect(written({}, (output) => output.answer({ text: '', document: {} })).out).toEqual([]);
  });

  const errors = ['error: no', '✗ r_a failed', '  m/r_a.sql: no'];

  it.each([
    ['quiet', { quiet: true }, errors],
    ['plain', {}, ['error: no', 'hello', '  WARNING: skipping', ...errors.slice(1)]],
    [
      'verbose',
      { verbose: true },
      ['error: no', 'hello', '  NOTICE: skipping', '  WARNING: skipping', ...errors.slice(1)],
    ],
    ['quiet and verbose, where quiet wins', { quiet: true, verbose: true }, errors],
  ])('%s', (_what, mode, lines) => {
    const all = [error, info, notice, warning, failed];
    expect(written(mode, (output) => all.forEach(output.emit)).err).toEqual(lines);
  });

  it('quiet leaves the answer and drops the talk and the summary', () => {
    const { out, err } = written({ quiet: true }, (output) => {
      output.answer({ text: 'head', document: {} });
      output.emit(info);
      output.emit({ ...finished, applied: ['r_a'] });
    });
    expect({ out, err }).toEqual({ out: ['head'], err: [] });
  });

  it.each<[Partial<typeof finished> | object, readonly string[]]>([
    [{}, []],
    [{ applied: ['r_a'] }, ['done: 1 revision applied in 1.5 s; the database is at r_a']],
    [{ reverted: ['b', 'a'], current: null }, ['done: 2 revisions reverted in 1.5 s; the database is at base']],
    [{ outcome: 'failed', pending: ['b', 'c'] }, ['failed: nothing was changed; the database is at r_a, 2 pending']],
    [
      { outcome: 'interrupted', applied: ['a', 'b'] },
      ['interrupted: 2 revisions applied before that; the database is at r_a'],
    ],
  ])('a run that ends with %j says %j', (fields, lines) => {
    expect(written({}, (output) => output.emit({ ...finished, ...fields })).err).toEqual(lines);
  });

  it('the text of a server or a file cannot steer the terminal', () => {
    const evil = '\u001b]0;title\u0007';
    const { out, err } = written({}, (output) => {
      output.emit({ ...info, text: evil });
      output.answer({ text: evil, document: {} });
    });
    expect([...out, ...err]).toEqual(Array.from({ length: 2 }, () => '␛]0;title␇'));
  });

  it.each([
    ['on', { colour: true }, true],
    ['off', {}, false],
  ])('colours are %s', (_state, mode, coloured) => {
    expect(
      written(mode, (output) => output.emit(failed))
        .err.join('')
        .includes('\u001b[31m'),
    ).toBe(coloured);
  });
});

describe('a revision that runs for long', () => {
  it('is announced after half a second, one that is quick never', async () => {
    const { output, err } = outputIn({});
    output.emit(started);
    output.emit(applied);
    output.emit(started);
    await sleep(700);
    expect(err).toEqual(['✓ 1/1 applied r_a in 5 ms', '… 1/1 applying r_a']);
  });

  it('is announced even if a notice that nobody sees came first', async () => {
    const { output, err } = outputIn({});
    output.emit(started);
    output.emit(notice);
    await sleep(700);
    expect(err).toEqual(['… 1/1 applying r_a']);
  });

  it('is not announced when quiet was asked for', async () => {
    const { output, err } = outputIn({ quiet: true });
    output.emit(started);
    await sleep(700);
    expect(err).toEqual([]);
  });
});

describe('for programs', () => {
  it('an event is one line of JSON on stdout that the launcher can read again', () => {
    const text = 'two\nlines \u2028 \u001b[1m "quoted" 🚀';
    const { out, err } = written({ events: 'json' }, (output) => output.emit({ ...info, text }));
    expect(err).toEqual([]);
    expect(out).toHaveLength(1);
    expect(out[0]).not.toContain('\n');
    expect(parseRunEvent(out[0] ?? '')).toEqual({ time: '2026-03-01T12:00:00.123Z', runId: 'run-1', ...info, text });
  });

  it('every event is written, whatever quiet and verbose say', () => {
    const events = [error, info, notice, { event: 'lock.acquired', waitedMs: 1 } as const];
    expect(written({ events: 'json', quiet: true }, (output) => events.forEach(output.emit)).out).toHaveLength(4);
  });

  it('with --json at a terminal errors are told to the person as well, other events are not', () => {
    const { out, err } = written({ events: 'json-and-errors' }, (output) => [error, info, failed].forEach(output.emit));
    expect(out.map((line) => parseRunEvent(line)?.event)).toEqual(['message', 'message', 'revision.failed']);
    expect(err).toEqual(['error: no', '✗ r_a failed', '  m/r_a.sql: no']);
  });

  it('an answer is one document with a version', () => {
    const { out } = written({ documents: true }, (output) =>
      output.answer({ text: 'shown to people', document: { current: null, pending: ['a'] } }),
    );
    expect(out).toEqual(['{"version":1,"current":null,"pending":["a"]}']);
  });

  it('an answer with an empty text is a document all the same', () => {
    const { out } = written({ documents: true }, (output) => output.answer({ text: '', document: { current: null } }));
    expect(out).toEqual(['{"version":1,"current":null}']);
  });

  it('a container without --json gives events as JSON and answers as plain lines', () => {
    const { out } = written({ events: 'json' }, (output) => {
      output.answer({ text: 'CREATE TABLE a ();', document: {} });
      output.emit(info);
    });
    expect(out[0]).toBe('CREATE TABLE a ();');
    expect(parseRunEvent(out[1] ?? '')?.event).toBe('message');
  });
});

describe('in a container', () => {
  it('the last event counts the lines and the events, itself included', () => {
    const { out } = written({ events: 'json' }, (output) => {
      output.emit(applied);
      output.answer({ text: 'one\n\ntwo', document: {} });
      output.emit(finished);
    });
    const { printed } = JSON.parse(out.at(-1) ?? '') as { printed: unknown };
    expect(printed).toEqual({ lines: 4, events: 2 });
  });
});

describe('a text of the server that is longer than a line of a log may be', () => {
  it.each([['z'.repeat(3_000_000)], [`${'z'.repeat(16_383)}${'🐘'.repeat(1_000_000)}`]])(
    'is cut, so that the event is still one, and says how long it was',
    (message) => {
      const { out } = written({ events: 'json' }, (output) => output.emit({ ...warning, message }));
      expect(Buffer.byteLength(out[0] ?? '')).toBeLessThan(200_000);
      const event = parseRunEvent(out[0] ?? '');
      expect(event).toMatchObject({ event: 'notice', severity: 'WARNING' });
      expect(JSON.stringify(event)).toMatch(new RegExp(`z… \\(${message.length} characters in all\\)`));
    },
  );

  it('leaves an answer as long as it is', () => {
    const text = 'S'.repeat(3_000_000);
    expect(written({}, (output) => output.answer({ text, document: {} })).out).toEqual([text]);
  });
});
