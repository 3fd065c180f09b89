import type { Session } from '../connection/session.ts';

/** The standby that is furthest behind. */
export interface StandbyLag {
  readonly name: string;
  readonly lagMs: number;
}

/**
 * How far the slowest standby is behind with replaying, as far as this role may see it (pg_monitor, or a superuser); `undefined`
 * without one.
 * Source: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
 */
export async function readStandbyLag(session: Session): Promise<StandbyLag | undefined> {
  const { rows } = await session.query<StandbyLag>(
    `SELECT coalesce(nullif(r.application_name, ''), r.client_addr::pg_catalog.text, 'pid ' || r.pid) AS name,
            (extract(epoch FROM r.replay_lag) * 1000)::pg_catalog.float8 AS "lagMs"
     FROM pg_catalog.pg_stat_replication r
     WHERE r.replay_lag IS NOT NULL AND r.replay_lsn IS NOT NULL ORDER BY r.replay_lag DESC LIMIT 1`,
  );
  return rows[0];
}
