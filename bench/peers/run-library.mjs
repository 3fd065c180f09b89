// node run-library.mjs <library> <folder> <url>: applies what is pending, in the way that the library's documentation shows.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [, , library, folder, connectionString] = process.argv;

const runs = {
  umzug: async () => {
    const { Umzug } = await import('umzug');
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query('CREATE TABLE IF NOT EXISTS applied (name text PRIMARY KEY)');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
    const umzug = new Umzug({
      migrations: names.map((name) => ({
        name,
        up: async () => {
          const text = await readFile(join(folder, name), 'utf8');
          await client.query('BEGIN');
          await client.query(text);
          await client.query('INSERT INTO applied VALUES ($1)', [name]);
          await client.query('COMMIT');
        },
      })),
      storage: {
        logMigration: async () => {},
        unlogMigration: async () => {},
        executed: async () =>
          (await client.query('SELECT name FROM applied ORDER BY name')).rows.map(({ name }) => name),
      },
      logger: undefined,
    });
    await umzug.up();
    await client.end();
  },
  'postgres-migrations': async () => {
    const { migrate } = await import('postgres-migrations');
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString });
    await client.connect();
    await migrate({ client }, folder);
    await client.end();
  },
  knex: async () => {
    const { default: knex } = await import('knex');
    const db = knex({ client: 'pg', connection: connectionString });
    await db.migrate.latest({ directory: folder, loadExtensions: ['.mjs'] });
    await db.destroy();
  },
  kysely: async () => {
    const { Kysely, PostgresDialect } = await import('kysely');
    const { FileMigrationProvider, Migrator } = await import('kysely/migration');
    const { default: pg } = await import('pg');
    const fs = await import('node:fs/promises');
    const path = await import('node:path');
    const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }) });
    const provider = new FileMigrationProvider({ fs, path, migrationFolder: folder });
    const { error } = await new Migrator({ db, provider }).migrateToLatest();
    await db.destroy();
    if (error) throw new Error('kysely failed', { cause: error });
  },
  'drizzle-orm': async () => {
    const { drizzle } = await import('drizzle-orm/node-postgres');
    const { migrate } = await import('drizzle-orm/node-postgres/migrator');
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString });
    await migrate(drizzle(pool), { migrationsFolder: folder });
    await pool.end();
  },
};

await runs[library]();
