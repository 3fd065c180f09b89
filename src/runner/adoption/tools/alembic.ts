import type { ForeignTool } from '../foreign-tool.ts';

/** Its table holds the id of the newest revision only, one row for each branch (alembic 1.8-1.20, runtime/migration.py). */
export const alembic: ForeignTool = {
  name: 'alembic',
  title: 'Alembic',
  table: 'alembic_version',
  columns: ['version_num'],
  companions: [],
  rows: (table) => `SELECT version_num AS id, NULL AS name, NULL AS problem, true AS presumes FROM ${table}`,
  cure: 'alembic upgrade heads',
};
