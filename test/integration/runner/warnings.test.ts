import { describe, expect, it } from 'vitest';

import { createProject, eventsOf } from '../../support/migrations.ts';

const warnings = (stdout: string): readonly unknown[] =>
  eventsOf(stdout)
    .filter(({ event, level }) => event === 'message' && level === 'warning')
    .map(({ text }) => text);
const env = { MIGRATE_CONTAINER: 'true' };

describe('after a run', () => {
  it('INVALID indexes and NOT VALID constraints that it left are named, those from before are not', async () => {
    const { migrate, write, lock, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nALTER TABLE t ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;\n',
    });
    await database.query(
      'CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1); ALTER TABLE t ADD CONSTRAINT earlier CHECK (id < 9) NOT VALID',
    );
    const first = await migrate(['upgrade'], { env });
    expect(first.exitCode).toBe(0);
    expect(warnings(first.stdout)).toEqual([
      'The run left the constraint "positive" of "public"."t" NOT VALID: rows that were there before are not checked.\nIn a later revision: ALTER TABLE "public"."t" VALIDATE CONSTRAINT "positive";',
    ]);
    await write(
      '20260101000002_b.sql',
      '-- migrate:up transaction:false\nCREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);\n',
    );
    await lock();
    const second = await migrate(['upgrade'], { env });
    expect(second.exitCode).toBe(10);
    expect(warnings(second.stdout)).toEqual([
      'The run left the index "public"."t_id" INVALID: every write keeps it up, no query uses it.\nDROP INDEX CONCURRENTLY "public"."t_id"; and build it again.',
    ]);
    await database.query('DELETE FROM t');
    await write('20260101000003_c.sql', '-- migrate:up\nALTER TABLE t VALIDATE CONSTRAINT positive;\n');
    await lock();
    const third = await migrate(['upgrade'], { env });
    expect(third.exitCode).toBe(0);
    expect(warnings(third.stdout)).toEqual([]);
  });
});

describe('several sources that name a database', () => {
  const secret = (url: URL, dbname: string): string =>
    JSON.stringify({ username: 'x', password: 'planted-secret', host: url.hostname, port: Number(url.port), dbname });

  it('the first one decides; one that names another database is reported, without a secret', async () => {
    const { migrate, database } = await createProject({ '20260101000001_a.sql': '-- migrate:up\nSELECT 1;\n' });
    const url = new URL(database.url);
    const used = `${database.name} at ${url.hostname}:${url.port}`;
    const { exitCode, stderr } = await migrate(['doctor'], {
      env: { DATABASE_SECRET: secret(url, 'somewhere_else'), PGHOST: 'db.example.com' },
    });
    expect(stderr).toContain(
      `DATABASE_URL decides (${used}); DATABASE_SECRET names another database, and is ignored. Unset the one that is not meant.`,
    );
    expect(stderr).toContain(
      `DATABASE_URL decides (${used}); PGHOST, PGPORT or PGDATABASE names another database, and is ignored.`,
    );
    expect(stderr).not.toContain('planted-secret');
    expect(exitCode).toBe(0);
    const broken = await migrate(['current'], { env: { DATABASE_SECRET: '{"password":"planted-secret"' } });
    expect(broken.stderr).toContain('DATABASE_SECRET is set too, and is ignored.');
    expect(broken.stderr).not.toContain('planted-secret');
  });

  it('nothing is said when they name the same one, or an option names it', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nSELECT 1;\n',
    });
    const url = new URL(database.url);
    const same = await migrate(['upgrade'], {
      env: { ...env, DATABASE_SECRET: secret(url, database.name), PGPORT: url.port },
    });
    expect(same.exitCode).toBe(0);
    expect(warnings(same.stdout)).toEqual([]);
    const option = await migrate(['current', '--database-url', database.url], { env: { PGHOST: 'db.example.com' } });
    expect(option).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
