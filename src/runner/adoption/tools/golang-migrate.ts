import type { ForeignTool } from '../foreign-tool.ts';

/** One row: the newest version, and whether it stopped half-way. */
export const golangMigrate: ForeignTool = {
  name: 'golang-migrate',
  title: 'golang-migrate',
  table: 'schema_migrations',
  columns: ['version', 'dirty'],
  companions: [],
  rows: (table) =>
    `SELECT version::text AS id, NULL AS name, true AS presumes,
            CASE WHEN dirty THEN 'dirty: it stopped half-way' END AS problem FROM ${table}`,
  cure: 'migrate force VERSION (golang-migrate)',
};
