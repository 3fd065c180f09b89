import { describe, expect, it } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';

const recorded = 'SELECT revision FROM migrations.history ORDER BY 1';

describe('the journal', () => {
  it('ends with the record: a later downgrade begins at its first statement', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_ab.sql':
        '-- migrate:up\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);\n-- migrate:down transaction:false\nDROP TABLE a;\nDROP TABLE b;\n',
    });
    await migrate(['upgrade']);
    await database.query('CREATE VIEW v AS SELECT * FROM b');
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(10);
    await database.query('DROP VIEW v; DROP TABLE b');
    await migrate(['stamp', 'base', '--reason', 'cleaned up by hand']);
    expect((await migrate(['doctor'])).exitCode).toBe(0);
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await database.query("SELECT to_regclass('a') AS a, to_regclass('b') AS b")).toEqual([{ a: null, b: null }]);
  });

  it('a resumed revision sets its session again before it goes on', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql':
        '-- migrate:up transaction:false\nSET search_path = app;\nSELECT 1 / (SELECT count(*)::int FROM public.ready);\nCREATE TABLE t (id int);\n',
    });
    await database.query('CREATE SCHEMA app; CREATE TABLE ready (id int)');
    expect((await migrate(['upgrade'])).exitCode).toBe(10);
    await database.query('INSERT INTO ready VALUES (1)');
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect(
      await database.query("SELECT to_regclass('app.t')::text AS app, to_regclass('public.t')::text AS public"),
    ).toEqual([{ app: 'app.t', public: null }]);
  });
});

describe('what one revision does to the session', () => {
  it('6: DISCARD ALL without a transaction gives the lock away: recorded, but the run stops there', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up transaction:false\nDISCARD ALL;\n',
      '20260101000002_b.sql': '-- migrate:up\nCREATE TABLE b (id int);\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('20260101000001_a.sql: The revision is applied, but it gave away the runner’s lock');
    expect(await database.query(recorded)).toEqual([{ revision: '20260101000001' }]);
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
  });

  it('another client_encoding does not garble the bodies that the record keeps', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': "-- migrate:up\nSET client_encoding = 'LATIN1';\n-- migrate:down\nSELECT 'é🐘';\n",
    });
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    const [row] = await database.query('SELECT down_body FROM migrations.history');
    expect(row?.['down_body']).toContain("SELECT 'é🐘'");
  });

  it('temporary tables and prepared statements do not reach the next one', async () => {
    const { migrate } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nCREATE TEMP TABLE left_over (id int);\nPREPARE left_over AS SELECT 1;\n',
      '20260101000002_b.sql':
        '-- migrate:up\nCREATE TEMP TABLE left_over (id int);\nPREPARE left_over AS SELECT 2;\n-- migrate:down\nSELECT 1;\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(stderr).not.toContain('already exists');
    expect(exitCode).toBe(0);
  });
});

describe('2: a record that cannot be used is named, and is no bug of the program', () => {
  it('upgrade and stamp without rights on it', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    const role = `limited_${database.name}`;
    await onServer((client) => client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'limited'`));
    const url = new URL(database.url);
    url.username = role;
    url.password = 'limited';
    const env = { DATABASE_URL: url.href };
    const refused = async (...args: readonly string[]): Promise<void> => {
      const { exitCode, stderr } = await migrate(args, { env });
      expect(stderr).toContain(`The role "${role}" may not use the record in schema "migrations"`);
      expect(stderr).toContain(`GRANT USAGE ON SCHEMA "migrations" TO "${role}"`);
      expect(exitCode).toBe(2);
    };
    await refused('upgrade');
    await database.query(
      `GRANT USAGE ON SCHEMA migrations TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA migrations TO ${role}`,
    );
    await refused('stamp', 'head', '--reason', 'x');
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it.each([
    'CREATE TABLE migrations.history (id int)',
    'CREATE TABLE migrations.events (id int)',
    'CREATE TYPE migrations.journal AS (id int)',
  ])('somebody else’s objects under its names: %s', async (foreign) => {
    const { migrate, database } = await createProject(threeRevisions);
    await database.query(`CREATE SCHEMA migrations; ${foreign}`);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(stderr).toContain('holds something under the record’s names that this program did not make');
    expect(stderr).toContain('--history-schema NAME');
    expect(exitCode).toBe(2);
  });
});
