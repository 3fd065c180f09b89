import type { ForeignTool } from '../foreign-tool.ts';

/** One row for each applied file, by its name with the extension; a run that was killed leaves its lock behind. */
export const knex: ForeignTool = {
  name: 'knex',
  title: 'Knex',
  table: 'knex_migrations',
  columns: ['id', 'name', 'batch', 'migration_time'],
  companions: ['knex_migrations_lock', 'knex_migrations_lock_index_seq'],
  rows: (table) => `SELECT name AS id, NULL AS name, NULL AS problem, false AS presumes FROM ${table} ORDER BY id`,
  halted: {
    companion: 'knex_migrations_lock',
    query: (table) =>
      `SELECT 'its lock is taken: a run is under way or was killed' AS problem FROM ${table} WHERE is_locked = 1`,
  },
  cure: 'knex migrate:unlock',
};
