import type { ForeignTool } from '../foreign-tool.ts';

/** In a schema of its own, `drizzle`. A row knows its migration by the time (ms) that `meta/_journal.json` calls `when`. */
export const drizzle: ForeignTool = {
  name: 'drizzle',
  title: 'Drizzle',
  table: '__drizzle_migrations',
  columns: ['id', 'hash', 'created_at'],
  companions: [],
  rows: (table) =>
    `SELECT created_at::text AS id, NULL AS name, NULL AS problem, false AS presumes FROM ${table} ORDER BY created_at`,
  cure: 'drizzle-kit check',
};
