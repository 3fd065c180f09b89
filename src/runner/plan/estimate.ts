import type { Work } from './judge-port.ts';

/** Seconds, from quick to slow. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const megabyte = 1_048_576;

/**
 * Megabytes a second, on a busy small server and on an idle large one. Orders of magnitude: what is cached, how wide the rows are
 * and how many indexes there are decide within the range, and sometimes beyond it.
 */
const pace: Readonly<Record<Exclude<Work, 'instant'>, { readonly slow: number; readonly fast: number }>> = {
  scan: { slow: 50, fast: 1_000 },
  build: { slow: 10, fast: 200 },
  rewrite: { slow: 5, fast: 100 },
};

/** How long the statement works while it holds the lock, for a table of this size; waiting for the lock is not in it. */
export function estimateWork(work: Work, bytes: number): TimeRange {
  if (work === 'instant') return { fromMs: 0, toMs: 50 };
  const { slow, fast } = pace[work];
  return {
    fromMs: Math.round((bytes / megabyte / fast) * 1_000),
    toMs: 50 + Math.round((bytes / megabyte / slow) * 1_000),
  };
}

/** What the numbers rest on, for people. */
export function basisOf(work: Work): string {
  if (work === 'instant') return 'catalog only';
  const { slow, fast } = pace[work];
  return `${work} at ${slow}-${fast} MB/s`;
}
