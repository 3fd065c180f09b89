import { expect, it } from 'vitest';
import { sessionWarning } from '../../../../src/launcher/follow/session-warning.ts';
import { watchForSleep } from '../../../../src/launcher/follow/sleep-watch.ts';
import { scriptedClock } from '../support.ts';

it('warns of a session only when it is known to end before the time that was given', () => {
  const nowMs = Date.parse('2026-11-22T10:00:00Z');
  const endsIn = (ms: number) => ({ sessionEndsAtMs: nowMs + ms, timeoutMs: 3_600_000, nowMs });
  expect(sessionWarning(endsIn(600_000))).toContain('2026-11-22 10:10:00 UTC, in 10 min');
  expect(sessionWarning(endsIn(-5_000))).toContain('in 0');
  expect(sessionWarning(endsIn(3_600_000))).toBeUndefined();
  expect(sessionWarning({ ...endsIn(600_000), timeoutMs: undefined })).toBeUndefined();
  expect(sessionWarning({ ...endsIn(600_000), sessionEndsAtMs: undefined })).toBeUndefined();
});

it('tells a gap of the wall clock, not the little lateness of every timer', async () => {
  const clock = scriptedClock();
  const ended = new AbortController();
  const gaps = [200, 61_500, 900, 0];
  let wallMs = 0;
  const resumed: number[] = [];
  await watchForSleep(
    {
      clock: {
        ...clock,
        async sleep(ms, signal) {
          await clock.sleep(ms, signal);
          const gap = gaps.shift();
          if (gap === undefined) ended.abort();
          wallMs += ms + (gap ?? 0);
        },
      },
      wallNow: () => wallMs,
      jumpMs: 60_000,
      resumed: (ms) => resumed.push(ms),
    },
    ended.signal,
  );
  expect(resumed).toEqual([61_500]);
});
