import { setTimeout as wait } from 'node:timers/promises';

/** Time as the loops see it, so that tests can do without it. */
export interface Clock {
  /** Milliseconds that only ever go forward, also when the laptop's clock is set. */
  readonly now: () => number;
  /** Returns after the time, or at once when the signal aborts or has aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Beyond this Node fires a timer at once. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await wait(Math.min(ms, longestTimerMs), undefined, signal ? { signal } : undefined);
    } catch {
      // Woken up early: the caller looks at what woke it.
    }
  },
};
