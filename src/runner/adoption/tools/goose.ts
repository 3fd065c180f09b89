import type { ForeignTool } from '../foreign-tool.ts';

/** The newest row of a version decides: older versions of goose add a row for a down. Version 0 is its first row, no migration. */
export const goose: ForeignTool = {
  name: 'goose',
  title: 'goose',
  table: 'goose_db_version',
  columns: ['id', 'version_id', 'is_applied'],
  companions: [],
  rows: (table) => `
    SELECT version_id::text AS id, NULL AS name, NULL AS problem, false AS presumes
    FROM (SELECT DISTINCT ON (version_id) * FROM ${table} ORDER BY version_id, id DESC) AS newest
    WHERE is_applied AND version_id > 0 ORDER BY id`,
  cure: 'goose status',
};
