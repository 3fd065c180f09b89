import type { ForeignTool } from '../foreign-tool.ts';

/**
 * Its newest row of a version decides: an undo is a row of its own. A baseline stands for all before it. Repeatable
 * migrations have no version and are no part of a history.
 */
export const flyway: ForeignTool = {
  name: 'flyway',
  title: 'Flyway',
  table: 'flyway_schema_history',
  columns: ['installed_rank', 'version', 'description', 'type', 'script', 'success'],
  companions: [],
  rows: (table) => `
    SELECT version AS id, description AS name, type = 'BASELINE' AS presumes,
           CASE WHEN NOT success THEN 'failed (success is false)' END AS problem
    FROM (SELECT DISTINCT ON (version) * FROM ${table}
          WHERE version IS NOT NULL AND type <> 'SCHEMA' ORDER BY version, installed_rank DESC) AS newest
    WHERE type NOT LIKE 'UNDO%' AND type <> 'DELETE' ORDER BY installed_rank`,
  cure: 'flyway repair',
};
