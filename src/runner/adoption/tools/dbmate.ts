import type { ForeignTool } from '../foreign-tool.ts';

/** One row for each applied version, the digits that its file begins with. Its files have the same format as ours. */
export const dbmate: ForeignTool = {
  name: 'dbmate',
  title: 'dbmate',
  table: 'schema_migrations',
  columns: ['version', '!dirty', '!inserted_at'],
  neighbour: '!ar_internal_metadata',
  companions: [],
  rows: (table) =>
    `SELECT version::text AS id, NULL AS name, NULL AS problem, false AS presumes FROM ${table} ORDER BY version`,
  cure: 'dbmate status',
};
