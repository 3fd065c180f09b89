import type { ForeignTool } from '../foreign-tool.ts';

/** One row for each applied file, by its name without the extension. */
export const nodePgMigrate: ForeignTool = {
  name: 'node-pg-migrate',
  title: 'node-pg-migrate',
  table: 'pgmigrations',
  columns: ['id', 'name', 'run_on'],
  companions: [],
  rows: (table) =>
    `SELECT name AS id, NULL AS name, NULL AS problem, false AS presumes FROM ${table} ORDER BY run_on, id`,
  cure: 'node-pg-migrate up',
};
