import { describe, expect, it } from 'vitest';

import { createProject, eventsOf, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

const recorded = 'SELECT revision FROM migrations.history ORDER BY revision';
const tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
const inContainer = { env: { MIGRATE_CONTAINER: 'true' } };
const all = ['20260101000001_create_accounts', '20260101000002_add_email', '20260101000003_index_email'];

/** The events of the record, without those of `lock` and the like. */
const eventLog = (project: MigrationProject): Promise<Record<string, unknown>[]> =>
  project.database.query('SELECT event, revision, detail FROM migrations.events ORDER BY id');

describe('--atomic: the whole run is one transaction', () => {
  it('that commits all revisions and their records at once, up and down; applied is said only then', async () => {
    const project = await createProject(threeRevisions);
    const { migrate, database } = project;
    const up = await migrate(['upgrade', '--atomic'], inContainer);
    expect(up.exitCode).toBe(0);
    const names = eventsOf(up.stdout).map(({ event }) => event);
    expect(names.lastIndexOf('revision.started')).toBeLessThan(names.indexOf('revision.applied'));
    expect(eventsOf(up.stdout).at(-1)).toMatchObject({ event: 'run.finished', applied: all, pending: [] });
    expect(
      await database.query('SELECT count(DISTINCT xmin::text)::int AS transactions FROM migrations.history'),
    ).toEqual([{ transactions: 1 }]);
    const down = await migrate(['downgrade', 'base'], { env: { MIGRATE_ATOMIC: 'true' } });
    expect(down).toMatchObject({ exitCode: 0 });
    expect(down.stderr).toContain('One transaction for all of it (--atomic): nothing is reverted before');
    expect(down.stderr).toMatch(/✓ 1\/3 reverted 20260101000003_index_email.*\n✓ 2\/3 .*\n✓ 3\/3 /);
    expect(await database.query(tables)).toEqual([]);
    expect((await eventLog(project)).map(({ event }) => event)).toEqual([
      ...Array<string>(3).fill('upgrade'),
      ...Array<string>(3).fill('downgrade'),
    ]);
  });

  it('6: of which nothing stays when the last one fails, and the message says so of every revision', async () => {
    const project = await createProject({
      ...threeRevisions,
      '20260101000004_wrong.sql': '-- migrate:up\nSELECT nope;\n',
    });
    const { exitCode, stdout } = await project.migrate(['upgrade', '--atomic'], inContainer);
    expect(exitCode).toBe(6);
    const [failed, finished] = eventsOf(stdout).slice(-2);
    expect(failed).toMatchObject({
      event: 'revision.failed',
      revision: '20260101000004',
      line: 2,
      state: `The whole run was rolled back (--atomic): ${all.join(', ')} and 20260101000004_wrong are not applied.`,
    });
    expect(finished).toMatchObject({ event: 'run.finished', outcome: 'failed', applied: [], current: null });
    expect(stdout).not.toContain('revision.applied');
    expect(await project.database.query(tables)).toEqual([]);
    expect(await project.database.query(recorded)).toEqual([]);
    expect(await eventLog(project)).toEqual([
      {
        event: 'failure',
        revision: '20260101000004',
        detail: {
          direction: 'up',
          halfway: false,
          atomic: true,
          rolledBack: [...all, '20260101000004_wrong'],
          cluster: expect.stringMatching(/^\d+\/\d+$/) as string,
        },
      },
    ]);
  });

  it('6: a downgrade that fails leaves all of them applied', async () => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000001_create_accounts.sql':
        '-- migrate:up\nCREATE TABLE accounts (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE nope;\n',
    });
    await migrate(['upgrade']);
    const { exitCode, stderr } = await migrate(['downgrade', 'base', '--atomic']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`(--atomic): ${all[2]}, ${all[1]} and ${all[0]} are still applied.`);
    expect(await database.query(recorded)).toHaveLength(3);
    expect(await database.query("SELECT to_regclass('accounts_email')::text AS found")).toEqual([
      { found: 'accounts_email' },
    ]);
  });

  it.each([[[]], [['--sql']]])('2: refuses a revision without a transaction before anything runs %j', async (more) => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000004_no.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY later ON accounts (id);\n-- migrate:down\nDROP INDEX later;\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade', '--atomic', ...more]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'migrations/20260101000004_no.sql runs without a transaction, so it cannot be part of an --atomic run; nothing was run.',
    );
    expect(stderr).toContain(
      'Leave out --atomic (and MIGRATE_ATOMIC), at least for the run that holds 20260101000004.',
    );
    expect(await database.query(tables)).toEqual([]);
  });
});

describe('--atomic: each revision is guarded', () => {
  const first = { '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n' };

  it.each([
    ['try { await sql`SELECT 1 / 0`; } catch {}', 'one of its statements failed and the failure was swallowed'],
    ['client.query("SELECT pg_sleep(0.2)");', 'the function ended while a query was still running'],
    ['await sql`SELECT pg_advisory_unlock_all()`;', 'it gave away the runner’s lock'],
  ])('a script that does %s is that revision’s failure, and nothing stays', async (body, message) => {
    const { migrate, database } = await createProject({
      ...first,
      '20260101000002_b.ts': `export const up = async ({ sql, client }) => { ${body} };\n`,
      '20260101000003_c.sql': '-- migrate:up\nCREATE TABLE c (id int);\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade', '--atomic']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`migrations/20260101000002_b.ts: ${message}`);
    expect(stderr).toContain('20260101000001_a, 20260101000002_b and 20260101000003_c are not applied.');
    expect(await database.query(tables)).toEqual([]);
  });

  it('a COMMIT inside a script stops the run there, and what stays is told as the record says', async () => {
    const { migrate, database } = await createProject({
      ...first,
      '20260101000002_b.ts':
        'export const up = async ({ sql, client }) => { await sql`CREATE TABLE b (id int)`; await client.query("COMMIT"); };\n',
      '20260101000003_c.sql': '-- migrate:up\nCREATE TABLE c (id int);\n',
    });
    const { exitCode, stdout } = await migrate(['upgrade', '--atomic'], inContainer);
    expect(exitCode).toBe(6);
    expect(eventsOf(stdout).slice(-2)).toMatchObject([
      { state: 'What ran before that is in the database; by the record, 20260101000001_a: applied and recorded.' },
      { applied: ['20260101000001_a'], current: '20260101000001_a' },
    ]);
    expect(await database.query(tables)).toEqual([{ tablename: 'a' }, { tablename: 'b' }]);
  });

  it('what one revision sets for the session does not reach the next one, nor the record', async () => {
    const { migrate, write, lock, database } = await createProject({});
    const role = `owner_${database.name}`;
    await write(
      '20260101000001_a.sql',
      `-- migrate:up\nCREATE ROLE ${role};\nCREATE SCHEMA app;\nSET search_path = app;\nSET lock_timeout = '1h';\nCREATE TEMP TABLE left_over (id int);\nPREPARE left_over AS SELECT 1;\nSET client_encoding = 'LATIN1';\nSET SESSION AUTHORIZATION ${role};\n`,
    );
    await write(
      '20260101000002_b.sql',
      "-- migrate:up\nCREATE TEMP TABLE left_over (id int);\nPREPARE left_over AS SELECT 2;\nCREATE TABLE b AS SELECT current_user::text AS role, current_setting('lock_timeout') AS lock;\n",
    );
    await lock();
    expect(await migrate(['upgrade', '--atomic'])).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT * FROM public.b')).toEqual([{ role: 'postgres', lock: '5s' }]);
    expect(await database.query('SELECT DISTINCT database_role FROM migrations.history')).toEqual([
      { database_role: 'postgres' },
    ]);
    await database.query(`DROP ROLE ${role}`);
  });

  it('a deferred constraint is checked at the end of each revision, and stays deferred inside the next', async () => {
    const tablesWithKey =
      '-- migrate:up\nCREATE TABLE parent (id int PRIMARY KEY);\nCREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO child VALUES (1);\nINSERT INTO parent VALUES (1);\n';
    const late = '-- migrate:up\nALTER TABLE child ADD COLUMN x int;\nINSERT INTO child VALUES (2);\n';
    const { migrate, write, lock, database } = await createProject({
      '20260101000001_a.sql': tablesWithKey,
      '20260101000002_b.sql': late,
      '20260101000003_c.sql': '-- migrate:up\nSELECT 1;\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade', '--atomic']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('20260101000002_b failed');
    expect(stderr).toContain('violates foreign key constraint "child_id_fkey" (SQLSTATE 23503)');
    await write('20260101000002_b.sql', `${late}INSERT INTO parent VALUES (2);\n`);
    await lock();
    expect(await migrate(['upgrade', '--atomic'])).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT id FROM child ORDER BY 1')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('an enum value that one revision adds cannot be used by the next: the hint says to leave out --atomic', async () => {
    const { migrate } = await createProject({
      '20260101000001_enum.sql': "-- migrate:up\nCREATE TYPE mood AS ENUM ('old');\nCREATE TABLE people (mood mood);\n",
      '20260101000002_add.sql': "-- migrate:up\nALTER TYPE mood ADD VALUE 'new';\n",
      '20260101000003_use.sql': "-- migrate:up\nINSERT INTO people VALUES ('new');\n",
    });
    await migrate(['upgrade', '+1']);
    const { exitCode, stderr } = await migrate(['upgrade', '--atomic']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('SQLSTATE 55P04');
    expect(stderr).toContain('run this without --atomic, with that ALTER TYPE in an earlier revision of its own.');
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
  });
});
