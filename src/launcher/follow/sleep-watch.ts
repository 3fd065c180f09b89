import type { Clock } from '../clock.ts';

interface SleepWatch {
  readonly clock: Clock;
  /** Milliseconds of the wall clock, which goes on while a laptop sleeps. */
  readonly wallNow: () => number;
  /** A gap of more than this between two ticks is told. */
  readonly jumpMs: number;
  /** Told how long nothing of ours ran. */
  readonly resumed: (afterMs: number) => void;
}

const tickMs = 1_000;

/** Notices that the machine slept, or that the program was paused, until `ended`. The loops catch up by themselves. */
export async function watchForSleep(
  { clock, wallNow, jumpMs, resumed }: SleepWatch,
  ended: AbortSignal,
): Promise<void> {
  let lastMs = wallNow();
  while (!ended.aborted) {
    await clock.sleep(tickMs, ended);
    const nowMs = wallNow();
    const gapMs = nowMs - lastMs - tickMs;
    if (gapMs > jumpMs && !ended.aborted) resumed(gapMs);
    lastMs = nowMs;
  }
}
