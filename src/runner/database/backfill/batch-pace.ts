/** A batch that takes longer holds its row locks for longer, and is more to do again when it loses. */
const aimMs = 1_000;

/** How many rows the next batch should have, after one of so many took so long: near {@link aimMs}, never more than allowed. */
export function nextSize({ rows, tookMs, most }: { rows: number; tookMs: number; most: number }): number {
  const wanted = tookMs <= 0 ? most : Math.round((rows * aimMs) / tookMs);
  return Math.max(1, Math.min(most, wanted, rows * 2));
}

/** The size after a batch that was rolled back because of a lock. */
export function smallerSize(size: number): number {
  return Math.max(1, Math.floor(size / 2));
}

/** Milliseconds until the rest is done at the pace of this run; `undefined` while nothing can be said. */
export function timeLeftMs({ done, left, tookMs }: { done: number; left: number; tookMs: number }): number | undefined {
  return done === 0 || tookMs < 1_000 ? undefined : Math.round((Math.max(0, left) * tookMs) / done);
}

/** `1,200 of about 50,000 rows`. */
export function rowsText({
  rows,
  total,
  totalFrom,
}: {
  rows: number;
  total: number;
  totalFrom: 'count' | 'estimate';
}): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  return `${number(rows)} of ${totalFrom === 'estimate' ? 'about ' : ''}${number(Math.max(rows, total))} rows`;
}
