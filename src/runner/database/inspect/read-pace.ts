import type { Session } from '../connection/session.ts';

/** How quickly this database reads what is not in its cache. */
export interface ReadPace {
  readonly megabytesPerSecond: number;
  /** `assumed` where the server has not measured it (track_io_timing), or not enough. */
  readonly from: 'measured' | 'assumed';
}

/** What a small, busy volume does. AWS's gp2 and gp3 give 125 MB/s and more to who is alone. */
const assumed: ReadPace = { megabytesPerSecond: 50, from: 'assumed' };

/** So little was read that a pace from it would be chance. */
const enoughBlocks = 8_192;

/**
 * The pace at which this database's sessions have read, from the server's own clock.
 * Source: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW, `blk_read_time`, which
 * counts while `track_io_timing` is on.
 */
export async function readPace(session: Session): Promise<ReadPace> {
  const { rows } = await session.query<{ blocks: number; ms: number; size: number }>(
    `SELECT s.blks_read::pg_catalog.float8 AS blocks, s.blk_read_time AS ms, pg_catalog.current_setting('block_size')::pg_catalog.int4 AS size
     FROM pg_catalog.pg_stat_database s WHERE s.datname = pg_catalog.current_database() AND pg_catalog.current_setting('track_io_timing') = 'on'`,
  );
  const [found] = rows;
  if (!found || found.ms <= 0 || found.blocks < enoughBlocks) return assumed;
  const pace = (found.blocks * found.size) / 1_048_576 / (found.ms / 1_000);
  // Blocks that were read while timing was off make it look quicker than it is: no volume of a server is.
  return { megabytesPerSecond: Math.max(1, Math.min(4_000, Math.round(pace))), from: 'measured' };
}
