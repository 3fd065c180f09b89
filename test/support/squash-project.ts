import { createDatabase, type TestDatabase } from './database.ts';
import { createProject, type MigrationProject } from './migrations.ts';
import type { ProgramResult } from './programs.ts';

/** Six revisions with what a history of years holds: types, seeds, a script, a non-transactional one, a backfill in batches. */
export const longHistory = {
  '20260101000001_create_users.sql': `-- migrate:up
CREATE TYPE plan AS ENUM ('free');
CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, plan plan NOT NULL DEFAULT 'free', legacy text);
COMMENT ON TABLE users IS 'who may log in';
-- migrate:down
DROP TABLE users;
DROP TYPE plan;
`,
  '20260101000002_create_currencies.sql': `-- alembic: 68b324aa3d62
-- migrate:up
CREATE TABLE currencies (code char(3) PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO currencies (code, name) VALUES ('EUR', 'Euro'), ('USD', 'US ''dollar''');
ALTER TABLE users ADD COLUMN currency char(3) REFERENCES currencies;
-- migrate:down
ALTER TABLE users DROP COLUMN currency;
DROP TABLE currencies;
`,
  '20260101000003_more_plans.sql': `-- migrate:up transaction:false
ALTER TYPE plan ADD VALUE IF NOT EXISTS 'paid';
CREATE INDEX CONCURRENTLY users_email ON users (lower(email));
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY users_email;
`,
  '20260101000004_first_users.ts': `export const up = async ({ sql }) => {
  for (const name of ['ann', 'bob', 'eve']) await sql\`INSERT INTO users (email, plan, currency) VALUES (\${name + '@example.org'}, 'paid', 'EUR')\`;
  await sql\`DELETE FROM users WHERE email LIKE 'eve%'\`;
};
export const down = async ({ sql }) => { await sql\`DELETE FROM users\`; };
`,
  '20260101000005_full_name.sql': `-- migrate:up transaction:false
ALTER TABLE users ADD COLUMN name text;
-- migrate:batch table=users size=1
UPDATE users SET name = split_part(email, '@', 1) WHERE id BETWEEN $1 AND $2;
ALTER TABLE users DROP COLUMN legacy;
-- migrate:down transaction:false
ALTER TABLE users ADD COLUMN legacy text;
ALTER TABLE users DROP COLUMN name;
`,
  '20260101000006_paying_users.sql': `-- migrate:up
CREATE VIEW paying AS SELECT id, name FROM users WHERE plan = 'paid';
GRANT SELECT ON paying TO public;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := lower(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
-- migrate:down
DROP TRIGGER touch ON users;
DROP FUNCTION touch;
DROP VIEW paying;
`,
  '20260101000007_add_phone.sql':
    "-- migrate:up\nALTER TABLE users ADD COLUMN phone text;\nINSERT INTO users (email) VALUES ('seven@example.org');\n-- migrate:down\nDELETE FROM users WHERE email LIKE 'seven%';\nALTER TABLE users DROP COLUMN phone;\n",
} as const;

export interface SquashProject extends MigrationProject {
  /** Runs `migrate squash` on a scratch server that runs already. */
  readonly squash: (...args: readonly string[]) => Promise<ProgramResult>;
  /** Another database, with `migrate` of this project for it. */
  readonly openDatabase: () => Promise<SquashDatabase>;
}

export interface SquashDatabase {
  readonly database: TestDatabase;
  readonly migrate: (...args: readonly string[]) => Promise<ProgramResult>;
}

export async function createSquashProject(
  files: Readonly<Record<string, string>> = longHistory,
): Promise<SquashProject> {
  const project = await createProject(files);
  const scratch = await createDatabase();
  const env = { MIGRATE_SHADOW_URL: scratch.url };
  return {
    ...project,
    squash: (...args) => project.migrate(['squash', ...args], { env }),
    openDatabase: async () => {
      const database = await createDatabase({ template: 'template0' });
      return {
        database,
        migrate: (...args) => project.migrate(args, { env: { ...env, DATABASE_URL: database.url } }),
      };
    },
  };
}
