import type { ForeignTool } from '../foreign-tool.ts';

/** One row for each try: one that was rolled back does not count, and one without an end failed (P3009). */
export const prisma: ForeignTool = {
  name: 'prisma',
  title: 'Prisma',
  table: '_prisma_migrations',
  columns: ['migration_name', 'finished_at', 'rolled_back_at', 'applied_steps_count'],
  companions: [],
  rows: (table) => `
    SELECT migration_name AS id, NULL AS name, false AS presumes,
           CASE WHEN finished_at IS NULL THEN 'failed: it was started and never finished' END AS problem
    FROM ${table} WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
  cure: 'prisma migrate resolve',
};
