import { phases } from './fault.ts';
import type { Faults } from './faults.ts';

/** What goes wrong with one task; decided when it begins. Times in milliseconds. */
export interface TaskFaults {
  readonly injectedSidecar: boolean;
  /** Why it cannot start. */
  readonly cannotStart: string | undefined;
  /** What is added to each phase. */
  readonly slow: Readonly<Record<string, number>>;
  /** From the containers' start. */
  readonly outOfMemoryMs: number | undefined;
  readonly spotMs: number | undefined;
  readonly userStopMs: number | undefined;
  /** From a container's end until its exit code shows; Infinity: never. */
  readonly exitCodeDelayMs: number;
}

/** Decides for a task that begins now. */
export function faultsOfTask(faults: Faults): TaskFaults {
  const timeOf = (kind: 'out-of-memory' | 'spot' | 'user-stop'): number | undefined => {
    const fault = faults.strike(kind);
    return fault && (fault.ms ?? 0);
  };
  const slow = phases.flatMap((phase) => {
    const ms = faults.strike('slow', (fault) => fault.phase === phase)?.ms;
    return ms === undefined ? [] : [[phase, ms] as const];
  });
  return {
    injectedSidecar: faults.strike('injected-sidecar') !== undefined,
    cannotStart: faults.strike('cannot-start')?.text,
    slow: Object.fromEntries(slow),
    outOfMemoryMs: timeOf('out-of-memory'),
    spotMs: timeOf('spot'),
    userStopMs: timeOf('user-stop'),
    exitCodeDelayMs: faults.strike('no-exit-code') ? Infinity : (faults.strike('late-exit-code')?.ms ?? 0),
  };
}
