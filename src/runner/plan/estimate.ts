import type { ReadPace } from '../database/inspect/read-pace.ts';
import type { TableFacts } from '../database/inspect/read-tables.ts';
import type { PlannedLock } from './judge-port.ts';

/** Between the two. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const megabyte = 1_048_576;

/**
 * Per second. `fast` is three times what an idle server of two cores with the whole table in memory was measured to do (docs/plan.md
 * has the figures), `slow` is a small one with other work; what is read from disk is apart ({@link ReadPace}).
 */
const pace = {
  fast: { read: 6_000, write: 1_000, rowsLookedAt: 60e6, rowsIndexed: 15e6, rowsWritten: 12e6 },
  slow: { write: 10, rowsLookedAt: 1e6, rowsIndexed: 200e3, rowsWritten: 200e3, rowsChanged: 20e3 },
} as const;

/** What changes a catalog takes a moment, and so does what is left to do when the rest is none. */
const momentMs = 50;

/** A row is hardly shorter than this, and seldom longer than a page: where nobody has counted the rows. */
const rowBytes = { least: 40, most: 8_192 } as const;

/**
 * How long the statement works while it holds the lock; waiting for the lock is not in it. `undefined` where nothing can be said.
 * Sizes are of this moment, and of the table before the run.
 */
export function estimateWork(
  { mode, effect }: Pick<PlannedLock, 'mode' | 'effect'>,
  { table, read }: { readonly table: TableFacts | undefined; readonly read: ReadPace },
): TimeRange | undefined {
  if (effect === 'instant') return { fromMs: 0, toMs: momentMs };
  if (!table) return undefined;
  // Rows that are changed where they are (UPDATE, DELETE): as many as the condition finds, from none to all.
  if (mode === 'ROW EXCLUSIVE')
    return { fromMs: 0, toMs: inMs(slowScan(table, read) + rowsOf(table).most / pace.slow.rowsChanged) };
  const { fast, slow } = secondsOf(effect, table, read);
  return { fromMs: Math.round(fast * 1_000), toMs: inMs(slow) };
}

function secondsOf(
  effect: 'scan' | 'build' | 'rewrite',
  table: TableFacts,
  read: ReadPace,
): { readonly fast: number; readonly slow: number } {
  const rows = rowsOf(table);
  const scan = { fast: fastScan(table), slow: slowScan(table, read) };
  if (effect === 'scan') return scan;
  const build = { fast: rows.least / pace.fast.rowsIndexed, slow: rows.most / pace.slow.rowsIndexed };
  if (effect === 'build') return { fast: scan.fast + build.fast, slow: scan.slow + build.slow };
  const megabytes = (table.tableBytes + table.toastBytes) / megabyte;
  return {
    fast: megabytes / pace.fast.write + rows.least / pace.fast.rowsWritten + table.indexes * build.fast,
    slow: scan.slow + megabytes / pace.slow.write + rows.most / pace.slow.rowsWritten + table.indexes * build.slow,
  };
}

function fastScan(table: TableFacts): number {
  return table.tableBytes / megabyte / pace.fast.read + rowsOf(table).least / pace.fast.rowsLookedAt;
}

function slowScan(table: TableFacts, { megabytesPerSecond }: ReadPace): number {
  return table.tableBytes / megabyte / megabytesPerSecond + rowsOf(table).most / pace.slow.rowsLookedAt;
}

function rowsOf({ rows, tableBytes }: TableFacts): { readonly least: number; readonly most: number } {
  return rows === null
    ? { least: tableBytes / rowBytes.most, most: tableBytes / rowBytes.least }
    : { least: rows, most: rows };
}

function inMs(seconds: number): number {
  return momentMs + Math.round(seconds * 1_000);
}

/** One after the other; nothing can be said of a sum with a part of which nothing can be said. */
export function sumOf(ranges: readonly (TimeRange | undefined)[]): TimeRange | undefined {
  let sum: TimeRange = { fromMs: 0, toMs: 0 };
  for (const range of ranges) {
    if (!range) return undefined;
    sum = { fromMs: sum.fromMs + range.fromMs, toMs: sum.toMs + range.toMs };
  }
  return sum;
}
