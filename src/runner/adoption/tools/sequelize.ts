import type { ForeignTool } from '../foreign-tool.ts';

/** sequelize-cli and umzug's SequelizeStorage: one row for each applied file, by its name. */
export const sequelize: ForeignTool = {
  name: 'sequelize',
  title: 'Sequelize',
  table: 'SequelizeMeta',
  columns: ['name'],
  companions: [],
  rows: (table) => `SELECT name AS id, NULL AS name, NULL AS problem, false AS presumes FROM ${table} ORDER BY name`,
  cure: 'sequelize db:migrate:status',
};
