import { describe, expect, it } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createProject, eventsOf, type MigrationProject } from '../../support/migrations.ts';
import { missingPsql, runPsql } from '../../support/psql.ts';

const psqlIsMissing = await missingPsql();
const recordedBy = 'SELECT DISTINCT database_role FROM migrations.history';
const owners = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
const files = {
  '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n',
  '20260101000002_b.sql':
    '-- migrate:up transaction:false\nCREATE TABLE b (id int);\nCREATE INDEX CONCURRENTLY b_id ON b (id);\nINSERT INTO b VALUES (1);\n-- migrate:down transaction:false\nDROP TABLE b;\n',
  '20260101000003_c.ts':
    'export const up = async ({ sql }) => { await sql`CREATE TABLE c (id int)`; };\nexport const down = async ({ sql }) => { await sql`DROP TABLE c`; };\n',
};

/** A project whose database has an owner role without login, and a login that may become it but owns nothing. */
async function withOwner(
  revisions: Readonly<Record<string, string>>,
): Promise<
  MigrationProject & { readonly owner: string; readonly login: string; readonly env: Readonly<Record<string, string>> }
> {
  const project = await createProject(revisions);
  const { database } = project;
  const owner = `Owner ${database.name}`;
  const login = `login_${database.name}`;
  await onServer(async (client) => {
    await client.query(`CREATE ROLE "${owner}"; CREATE ROLE ${login} LOGIN PASSWORD 'login' IN ROLE "${owner}"`);
    await client.query(`GRANT CREATE ON DATABASE ${database.name} TO ${login}`);
  });
  await database.query(`GRANT CREATE ON SCHEMA public TO "${owner}"`);
  const url = new URL(database.url);
  url.username = login;
  url.password = 'login';
  return { ...project, owner, login, env: { DATABASE_URL: url.href, MIGRATE_CONTAINER: 'true' } };
}

async function dropOwner({ database, owner, login }: Awaited<ReturnType<typeof withOwner>>): Promise<void> {
  await database.query(`DROP OWNED BY "${owner}", ${login}; DROP ROLE "${owner}", ${login}`);
}

describe('--role', () => {
  it.each([
    ['each revision by itself', []],
    ['--atomic', ['--atomic']],
  ] as const)(
    'makes the role own what revisions make, and the record name the login, up and down: %s',
    async (what, more) => {
      const { '20260101000002_b.sql': _without, ...transactional } = files;
      const project = await withOwner(what === '--atomic' ? transactional : files);
      const { migrate, database, owner, login, env } = project;
      const up = await migrate(['upgrade', '--role', owner, ...more], { env });
      expect(up).toMatchObject({ exitCode: 0 });
      expect(new Set((await database.query(owners)).map(({ tableowner }) => tableowner))).toEqual(new Set([owner]));
      expect(await database.query(recordedBy)).toEqual([{ database_role: login }]);
      const down = await migrate(['downgrade', 'base', ...more], { env: { ...env, MIGRATE_ROLE: owner } });
      expect(down).toMatchObject({ exitCode: 0 });
      expect(await database.query(owners)).toEqual([]);
      await dropOwner(project);
    },
  );

  it.each([
    ['nobody', 'role "nobody" does not exist', 'Name a role that exists with --role (MIGRATE_ROLE), or make it'],
    ['postgres', 'permission denied to set role "postgres"', 'As an administrator: GRANT "postgres" TO "login_'],
  ])('2: as %s nothing is run, and the message says why', async (role, reason, hint) => {
    const project = await withOwner(files);
    const { exitCode, stdout } = await project.migrate(['upgrade', '--role', role], { env: project.env });
    expect(exitCode).toBe(2);
    const told = eventsOf(stdout).map(({ text }) => String(text));
    expect(told.join('\n')).toContain(`Revisions cannot run as the role "${role}": ${reason}.\n${hint}`);
    expect(await project.database.query("SELECT to_regnamespace('migrations') AS found")).toEqual([{ found: null }]);
    await dropOwner(project);
  });

  it.skipIf(psqlIsMissing !== undefined)('stands in the script of --sql too', async () => {
    const project = await withOwner(files);
    const { migrate, database, owner } = project;
    const { stdout } = await migrate(['upgrade', '--sql', '--role', owner]);
    expect(await runPsql({ ...database, url: project.env['DATABASE_URL'] ?? '' }, stdout)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(new Set((await database.query(owners)).map(({ tableowner }) => tableowner))).toEqual(new Set([owner]));
    expect(await database.query(recordedBy)).toEqual([{ database_role: project.login }]);
    await dropOwner(project);
  });
});

describe('a revision without a transaction that takes on a role', () => {
  it.each(['SET ROLE', 'SET SESSION AUTHORIZATION'])(
    '%s: the role lasts from statement to statement, does not sign the record, and the journal is the login’s',
    async (take) => {
      const { migrate, write, lock, database } = await createProject({});
      const role = `owner_${database.name}`;
      await onServer((client) => client.query(`CREATE ROLE ${role}`));
      await database.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
      await write(
        '20260101000001_a.sql',
        `-- migrate:up transaction:false\n${take} ${role};\nCREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);\nBEGIN;\nINSERT INTO a VALUES (1);\nCREATE TABLE b (id int);\nCOMMIT;\nSELECT 1 / count(*) FROM c;\nCREATE TABLE d (id int);\n`,
      );
      await lock();
      const failed = await migrate(['upgrade']);
      expect(failed.exitCode).toBe(10);
      expect(failed.stderr).toContain('relation "c" does not exist');
      expect(failed.stderr).toContain(
        'It stopped at statement 8 of 9; the ones before stay, and the journal knows it.',
      );
      expect(failed.stderr).not.toContain('rolled back');
      await database.query(`CREATE TABLE c AS SELECT 1; GRANT SELECT ON c TO ${role}`);
      expect(await migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
      expect(await database.query(owners.replace('ORDER', "AND tablename <> 'c' ORDER"))).toEqual(
        ['a', 'b', 'd'].map((tablename) => ({ tablename, tableowner: role })),
      );
      expect(await database.query(recordedBy)).toEqual([{ database_role: 'postgres' }]);
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    },
  );
});
