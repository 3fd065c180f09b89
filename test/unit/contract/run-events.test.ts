import { describe, expect, it } from 'vitest';

import { isKnownEvent, parseRunEvent } from '../../../src/contract/run-events.ts';

const base = { time: '2026-11-22T16:42:45.123Z', runId: 'run-1' };

describe('parseRunEvent', () => {
  it('an event keeps all its fields, unknown ones too', () => {
    const event = { ...base, event: 'lock.waiting', waitedMs: 12, newField: { a: [1] } };
    expect(parseRunEvent(JSON.stringify(event))).toEqual(event);
  });

  it('an unknown event of a newer runner is an event', () => {
    expect(parseRunEvent(JSON.stringify({ ...base, event: 'revision.paused' }))?.event).toBe('revision.paused');
  });

  it.each(['2026-11-22T16:42:45Z', '2026-11-22T16:42:45.123456Z', '2026-11-22T17:42:45+01:00'])(
    'the ISO time %s is accepted',
    (time) => {
      expect(parseRunEvent(JSON.stringify({ ...base, time, event: 'plan' }))?.time).toBe(time);
    },
  );

  it('a line end of CRLF does not hide an event', () => {
    expect(parseRunEvent(`${JSON.stringify({ ...base, event: 'plan' })}\r`)).toBeDefined();
  });

  it.each([
    ['plain text', 'Listening on port 8080'],
    ['an empty line', ''],
    ['a cut line, as awslogs makes of more than 256 KB', '{"event":"plan","runId":"a","time":"2026-11-22T16:4'],
    ['two objects on one line', `${JSON.stringify({ ...base, event: 'plan' })}{}`],
    ['an array', `[${JSON.stringify({ ...base, event: 'plan' })}]`],
    ['null', 'null'],
    ['a string that looks like an event', JSON.stringify(JSON.stringify({ ...base, event: 'plan' }))],
    ['no event', JSON.stringify(base)],
    ['an event that is no string', JSON.stringify({ ...base, event: 1 })],
    ['no runId', JSON.stringify({ time: base.time, event: 'plan' })],
    ['a runId that is null', JSON.stringify({ ...base, runId: null, event: 'plan' })],
    ['no time', JSON.stringify({ runId: 'a', event: 'plan' })],
    ['a time in milliseconds', JSON.stringify({ ...base, time: 1_790_000_000_000, event: 'plan' })],
    ['a time without a zone', JSON.stringify({ ...base, time: '2026-11-22T16:42:45', event: 'plan' })],
    ['a date only', JSON.stringify({ ...base, time: '2026-11-22', event: 'plan' })],
    ['the log line of another program', '{"level":"info","event":"boot","time":1790000000000,"msg":"up"}'],
    ['text before the object', `INFO ${JSON.stringify({ ...base, event: 'plan' })}`],
  ])('no event: %s', (_what, line) => {
    expect(parseRunEvent(line)).toBeUndefined();
  });
});

describe('isKnownEvent', () => {
  it.each([
    { event: 'plan' },
    { event: 'plan', direction: 'up', revisions: 'all' },
    { event: 'run.finished', exitCode: '0' },
  ])('does not believe %j, which lacks what the event needs', (event) => {
    expect(isKnownEvent(event)).toBe(false);
  });

  it.each(['revision.paused', 'RUN.STARTED', 'toString', '__proto__', ''])('does not know %j', (event) => {
    expect(isKnownEvent({ event })).toBe(false);
  });
});
