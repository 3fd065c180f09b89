import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';

const schemas = "SELECT nspname FROM pg_namespace WHERE nspname = 'migrations'";

describe('migrate doctor', () => {
  it('finds nothing wrong before the first run and after it, one line each, and changes nothing', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const before = await migrate(['doctor']);
    expect(before).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await database.query(schemas)).toEqual([]);
    expect(before.stdout).not.toMatch(/^(warning|problem)/m);
    expect(before.stdout).toContain('ok       record: schema "migrations" has none: nothing was ever applied here\n');
    expect(before.stdout).toContain('ok       history: the database is at base, 3 revisions are pending\n');
    await migrate(['upgrade']);
    const { exitCode, stdout } = await migrate(['doctor']);
    expect(exitCode).toBe(0);
    const checks = stdout
      .trim()
      .split('\n')
      .map((line) => /^ok {7}([^:]+): /.exec(line)?.[1]);
    expect(checks).toEqual([
      'files',
      'lock file',
      'settings',
      'connection',
      'session',
      'TLS',
      'version',
      'timeouts',
      'clock',
      'role',
      'rights',
      'schema',
      'record',
      'history',
      'journal',
      'lock',
      'indexes',
    ]);
    expect(stdout).toContain('lock_timeout 5s, statement_timeout 0');
    expect(stdout).toContain('a superuser');
    expect(stdout).toMatch(/version: PostgreSQL \d+/);
  });

  it('--json is one document; the password is in neither form', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const { stdout } = await migrate(['doctor', '--json']);
    const document = JSON.parse(stdout) as { findings: { level: string; what: string }[] };
    expect(document).toMatchObject({ version: 1, healthy: true, exitCode: 0 });
    expect(document.findings.every(({ level }) => level === 'ok')).toBe(true);
    const password = decodeURIComponent(new URL(database.url).password);
    expect(stdout + (await migrate(['doctor'])).stdout).not.toContain(password);
  });

  it('8: a database that cannot be reached is told at once, beside what the files say', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stdout } = await migrate(['doctor'], {
      env: { DATABASE_URL: 'postgres://wumbo:s3cret@127.0.0.1:1/wumbo' },
    });
    expect(exitCode).toBe(8);
    expect(stdout).toMatch(/^ok {7}lock file: /m);
    expect(stdout).toMatch(/^problem {2}connection: The database wumbo at 127\.0\.0\.1:1 cannot be reached/m);
    expect(stdout).not.toContain('s3cret');
  });

  it('2: no database is named', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stdout } = await migrate(['doctor'], { env: { DATABASE_URL: '' } });
    expect(exitCode).toBe(2);
    expect(stdout).toContain('problem  settings: No database is named.\n         Set DATABASE_URL=');
  });

  it('8: a database that nobody can write to', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await database.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    const { exitCode, stdout } = await migrate(['doctor']);
    expect(exitCode).toBe(8);
    expect(stdout).toMatch(/^problem {2}session: .*read-only/m);
    expect(stdout).toMatch(/^ok {7}record: /m);
  });

  it('2: a role without rights gets the GRANT that it needs', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const role = `weak_${database.name}`;
    await onServer((client) => client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'weak'`));
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'weak'];
    const env = { DATABASE_URL: url.href };
    const before = await migrate(['doctor'], { env });
    expect(before.exitCode).toBe(2);
    expect(before.stdout).toContain(`problem  rights: ${role} may not create the record's schema "migrations"`);
    expect(before.stdout).toContain(`warning  schema: ${role} may not create in "public"`);
    await migrate(['upgrade']);
    const after = await migrate(['doctor'], { env });
    expect(after.exitCode).toBe(2);
    expect(after.stdout).toContain('GRANT USAGE ON SCHEMA "migrations" TO');
    await database.query(
      `GRANT USAGE ON SCHEMA migrations TO ${role};
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA migrations TO ${role}`,
    );
    expect((await migrate(['doctor'], { env })).exitCode).toBe(0);
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('5 and 4: names every way in which files and record disagree', async () => {
    const { migrate, write, lock, migrations } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    await write('20260101000001_create_accounts.sql', '-- migrate:up\nSELECT 1;\n');
    await rm(join(migrations, '20260101000002_add_email.sql'));
    await write('notes.sql', 'SELECT 1;');
    const { exitCode, stdout } = await migrate(['doctor']);
    expect(exitCode).toBe(5);
    expect(stdout).toMatch(/^problem {2}lock file: The files and migrations\.lock disagree/m);
    expect(stdout).toMatch(/^problem {2}history: Revision 20260101000002_add_email is applied .* its file is missing/m);
    expect(stdout).toMatch(/^problem {2}history: Revision 20260101000001_create_accounts was edited/m);
    expect(stdout).toMatch(/^warning {2}files: no revisions, so never run: notes\.sql/m);
    await write('20260101000001_create_accounts.sql', threeRevisions['20260101000001_create_accounts.sql']);
    await write('20260101000002_add_email.sql', threeRevisions['20260101000002_add_email.sql']);
    await rm(join(migrations, '20260101000003_index_email.sql'));
    await lock();
    const ahead = await migrate(['doctor']);
    expect(ahead.exitCode).toBe(4);
    expect(ahead.stdout).toMatch(/^problem {2}history: The database is ahead of these files/m);
  });

  it('10: names a revision that stopped half-way and the INVALID index that it left', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\n',
      '20260101000002_index.sql':
        '-- migrate:up transaction:false\nCREATE TABLE b (id int);\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n',
    });
    expect((await migrate(['upgrade'])).exitCode).toBe(10);
    const { exitCode, stdout } = await migrate(['doctor']);
    expect(exitCode).toBe(10);
    expect(stdout).toContain('problem  journal: revision 20260101000002 stopped half-way (up, 1 statement finished)');
    expect(stdout).toContain('warning  indexes: INVALID, so kept up but never used: "public"."a_id"');
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.journal')).toEqual([{ n: 2 }]);
  });

  it('says who holds the runner’s lock now', async () => {
    const { migrate, startMigrate } = await createProject({
      '20260101000001_slow.sql': '-- migrate:up\nSELECT pg_sleep(3);\n-- migrate:down\nSELECT 1;\n',
    });
    const running = startMigrate(['upgrade', '--json']);
    await running.said('revision.started');
    const { exitCode, stdout } = await migrate(['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^warning {2}lock: held by wumbo-migrations\/\S+ .*pid \d+/m);
    await running.finished;
  });

  it('prints plain lines in a container too, followed by run.finished', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { stdout } = await migrate(['doctor'], { env: { MIGRATE_CONTAINER: 'true' } });
    expect(stdout.startsWith('ok       files: ')).toBe(true);
    expect(eventsOf(stdout)).toMatchObject([{ event: 'run.finished', exitCode: 0 }]);
  });
});
