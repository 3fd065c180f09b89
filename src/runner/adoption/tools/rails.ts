import type { ForeignTool } from '../foreign-tool.ts';

/** ActiveRecord: one row for each applied version; told from dbmate by the table that it keeps beside it. */
export const rails: ForeignTool = {
  name: 'rails',
  title: 'Rails',
  table: 'schema_migrations',
  columns: ['version', '!dirty'],
  neighbour: 'ar_internal_metadata',
  companions: ['ar_internal_metadata'],
  rows: (table) =>
    `SELECT version::text AS id, NULL AS name, NULL AS problem, false AS presumes FROM ${table} ORDER BY version`,
  cure: 'bin/rails db:migrate:status',
};
