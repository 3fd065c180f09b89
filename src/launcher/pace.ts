/** How fast the loops go. Tests make it quick with LAUNCH_MIGRATION_POLL_MS, …_QUIET_MS and …_RETRY_MS. */
export interface Pace {
  /** The usual time between two looks at the task or the log. */
  readonly pollMs: number;
  /** After the container stopped: no new line for this long, and no end marker, means that the log is over. */
  readonly quietMs: number;
  /** The first wait before RunTask is tried again; it doubles. */
  readonly retryMs: number;
}

/** The agent flushes every 5 s and CloudWatch takes a moment; a log that brings nothing and cannot be read for this long (45 s) is left. */
export function drainLimitMs({ quietMs }: Pick<Pace, 'quietMs'>): number {
  return quietMs * 5.625;
}

/** A stopped container prints nothing new, but a long log may take its time to be read: three minutes. */
export function longestDrainMs(pace: Pick<Pace, 'quietMs'>): number {
  return drainLimitMs(pace) * 4;
}

/** DescribeTasks may not know a task yet right after RunTask (ECS is eventually consistent): 90 s. */
export function missingToleranceMs({ pollMs }: Pick<Pace, 'pollMs'>): number {
  return pollMs * 90;
}

/** Exit codes and stop reasons may come a little after the container's end: 10 s. */
export function settleMs({ pollMs }: Pick<Pace, 'pollMs'>): number {
  return pollMs * 10;
}

/** RunTask is tried again for this long (2 min) when capacity is short or AWS throttles, and at least five times. */
export function retryBudgetMs({ retryMs }: Pick<Pace, 'retryMs'>): number {
  return retryMs * 60;
}
export const leastTries = 5;
