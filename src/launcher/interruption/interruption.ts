import { AppError } from '../../contract/app-error.ts';

/** The signals that end a launch's waiting. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** npx and npm pass one Ctrl-C on twice (npm/cli #8164); what comes within this time is one. */
const repeatMs = 1_000;

/** The interruptions of one launch. */
export interface Interruptions {
  /** The next signal that is no repetition of the last one. */
  next(): Promise<StopSignal>;
}

/** Turns signals into interruptions, from now on. */
export function watchInterruptions(
  subscribe: (listener: (signal: StopSignal) => void) => void,
  now: () => number,
): Interruptions {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let waiting: ((signal: StopSignal) => void)[] = [];
  let unheard: StopSignal | undefined;
  subscribe((signal) => {
    const atMs = now();
    const repeated = atMs - lastAtMs < repeatMs;
    lastAtMs = atMs;
    if (repeated) return;
    if (waiting.length === 0) unheard = signal;
    for (const resolve of waiting) resolve(signal);
    waiting = [];
  });
  return {
    next() {
      if (unheard === undefined) return new Promise((resolve) => waiting.push(resolve));
      const signal = unheard;
      unheard = undefined;
      return Promise.resolve(signal);
    },
  };
}

/** 128 + the signal's number, but for SIGHUP: a closed terminal ends us like SIGTERM (exit-codes.ts). */
export function interruptionExitCode(signal: StopSignal): 130 | 143 {
  return signal === 'SIGINT' ? 130 : 143;
}

/** The same interruptions, the first of which somebody waits for already. */
export function beginningWith(first: Promise<StopSignal>, later: Interruptions): Interruptions {
  let waitedFor: Promise<StopSignal> | undefined = first;
  return {
    next() {
      const interruption = waitedFor ?? later.next();
      waitedFor = undefined;
      return interruption;
    },
  };
}

/** The work's result. Throws an AppError (130, 143) with the consequence when somebody interrupts it. */
export async function orInterrupted<Result>(
  work: Promise<Result>,
  interrupted: Promise<StopSignal>,
  consequence: string,
): Promise<Result> {
  return Promise.race([
    work,
    interrupted.then((signal): never => {
      throw new AppError({
        code: 'interrupted',
        exitCode: interruptionExitCode(signal),
        message: `Interrupted by ${signal}; ${consequence}.`,
      });
    }),
  ]);
}
