import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { awkwardRevisions as awkward } from '../../support/awkward-revisions.ts';
import { readCatalog, readHistoryRows } from '../../support/catalog.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, eventsOf, threeRevisions, type MigrationProject } from '../../support/migrations.ts';
import { projectDirectory } from '../../support/programs.ts';
import { missingPsql, runPsql } from '../../support/psql.ts';

const psqlIsMissing = await missingPsql();
const wumboFile = (name: string): Promise<string> => readFile(join(projectDirectory, 'migrations', name), 'utf8');
const wumbo = {
  '20251223142057_initial_schema.sql': await wumboFile('20251223142057_initial_schema.sql'),
  '20251223164703_add_plaid_models.sql': await wumboFile('20251223164703_add_plaid_models.sql'),
};

const printed = async (project: MigrationProject, ...args: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await project.migrate([...args, '--sql']);
  expect({ exitCode, stderr: stderr.replaceAll(/^.*(filling|loud)\n/gm, '') }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
};

const schemaOf = (database: TestDatabase): Promise<unknown> =>
  database.query(
    "SELECT to_regnamespace('migrations') AS schema, count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'",
  );

describe.skipIf(psqlIsMissing !== undefined)('the script that --sql prints, run by psql', () => {
  it.each([
    ["Wumbo's own revisions", wumbo],
    ['every kind of quote, line end, statement and script', awkward],
  ])('leaves the same catalog and record as the online run, up and down: %s', async (_, files) => {
    const online = await createProject(files);
    const offline = await createProject(files);
    const up = await printed(offline, 'upgrade');
    expect(await schemaOf(offline.database)).toEqual([{ schema: null, tables: 0 }]);
    expect((await online.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await runPsql(offline.database, up)).toMatchObject({ exitCode: 0, stderr: '' });
    const catalog = await readCatalog(online.database);
    expect(catalog.length).toBeGreaterThan(80);
    expect(await readCatalog(offline.database)).toEqual(catalog);
    expect(await readHistoryRows(offline.database)).toEqual(await readHistoryRows(online.database));
    expect((await offline.migrate(['check'])).exitCode).toBe(0);
    expect(await offline.database.query('SELECT DISTINCT run_id, duration_ms FROM migrations.history')).toEqual([
      { run_id: 'offline', duration_ms: 0 },
    ]);

    const down = await printed(offline, 'downgrade', 'base');
    expect((await online.migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await runPsql(offline.database, down)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readCatalog(offline.database)).toEqual(await readCatalog(online.database));
    const events = "SELECT event, revision, detail->>'name' AS name FROM migrations.events ORDER BY id";
    expect(await offline.database.query(events)).toEqual(await online.database.query(events));
    expect(await offline.database.query('SELECT * FROM migrations.journal')).toEqual([]);
    expect(await offline.database.query("SELECT * FROM pg_locks WHERE locktype = 'advisory'")).toEqual([]);
  });

  it('is the same data too, rows and values', async () => {
    const online = await createProject(awkward);
    const offline = await createProject(awkward);
    await online.migrate(['upgrade']);
    await runPsql(offline.database, await printed(offline, 'upgrade'));
    for (const table of ['"odd ""name"', 'filled', 'path', 'after_index', 'copied'])
      expect(await offline.database.query(`SELECT * FROM public.${table}`)).toEqual(
        await online.database.query(`SELECT * FROM public.${table}`),
      );
  });

  it('survives a log that has no empty lines, as CloudWatch has none', async () => {
    const online = await createProject(awkward);
    const offline = await createProject(awkward);
    await online.migrate(['upgrade']);
    const { stdout } = await offline.migrate(['upgrade', '--sql'], { env: { MIGRATE_CONTAINER: 'true' } });
    const lines = stdout.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => line.includes('\r'))).toEqual([]);
    const events = eventsOf(stdout).map(({ event }) => event);
    expect(events).toEqual(['message', 'message', 'run.finished']);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'run.finished', exitCode: 0 });
    const sql = lines.filter((line) => !line.startsWith('{"time"')).join('\n');
    expect(await runPsql(offline.database, sql)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readCatalog(offline.database)).toEqual(await readCatalog(online.database));
    expect(await readHistoryRows(offline.database)).toEqual(await readHistoryRows(online.database));
    const rows = 'SELECT a FROM "odd ""name"';
    expect(await offline.database.query(rows)).toEqual(await online.database.query(rows));
  });

  it('needs no database for a range; one script fits every database that is there', async () => {
    const project = await createProject(threeRevisions);
    const env = { DATABASE_URL: '' };
    const up = await project.migrate(['upgrade', 'base:head', '--sql'], { env });
    expect(up).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await runPsql(project.database, up.stdout)).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await project.migrate(['check'])).exitCode).toBe(0);
    const down = await project.migrate(['downgrade', 'head:add_email', '--sql'], { env });
    expect(await runPsql(project.database, down.stdout)).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await project.migrate(['current'])).stdout).toBe('20260101000002_add_email\n');
    // At base again, the record is there already.
    await project.migrate(['downgrade', 'base']);
    expect(await runPsql(project.database, up.stdout)).toMatchObject({ exitCode: 0 });
    const other = await createDatabase();
    expect(await runPsql(other, up.stdout)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('refuses a database in another state, and changes nothing', async () => {
    const project = await createProject(threeRevisions);
    await project.migrate(['upgrade', '+1']);
    const script = await printed(project, 'upgrade');
    await project.migrate(['upgrade', '+1']);
    const before = await readHistoryRows(project.database);
    const refused = await runPsql(project.database, script);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(
      'this script starts at 20260101000001 (1 applied), but the database is at 20260101000002 (2 applied): nothing was changed',
    );
    expect(await readHistoryRows(project.database)).toEqual(before);
    const empty = await createDatabase();
    expect((await runPsql(empty, script)).exitCode).toBe(3);
    expect(await schemaOf(empty)).toEqual([{ schema: null, tables: 0 }]);
  });

  it('stops at a statement that fails; earlier revisions stay applied, as online', async () => {
    const project = await createProject({
      ...threeRevisions,
      '20260101000003_index_email.sql':
        '-- migrate:up\nCREATE TABLE half (id int);\nCREATE INDEX nope ON nowhere (x);\n-- migrate:down\nSELECT 1;\n',
    });
    const { exitCode, stderr } = await runPsql(project.database, await printed(project, 'upgrade'));
    expect(exitCode).toBe(3);
    expect(stderr).toContain('relation "nowhere" does not exist');
    expect((await project.migrate(['current'])).stdout).toBe('20260101000002_add_email\n');
    expect(await project.database.query("SELECT to_regclass('half') AS found")).toEqual([{ found: null }]);
  });

  it('leaves a journal that an online run goes on from, and is refused by what an online run left', async () => {
    const project = await createProject({
      '20260101000001_steps.sql': `-- migrate:up transaction:false
CREATE TABLE first_step (id int);
INSERT INTO missing VALUES (1);
CREATE TABLE last_step (id int);
`,
    });
    const script = await printed(project, 'upgrade');
    expect((await runPsql(project.database, script)).exitCode).toBe(3);
    const again = await runPsql(project.database, script);
    expect(again.stderr).toContain('revision 20260101000001 stopped half-way in this database');
    const offline = await project.migrate(['upgrade', '--sql']);
    expect(offline).toMatchObject({ exitCode: 10, stdout: '' });
    await project.database.query('CREATE TABLE missing (id int)');
    const online = await project.migrate(['upgrade']);
    expect(online.stderr).toContain('goes on at statement 2 of 3');
    expect(online.exitCode).toBe(0);
  });

  it('takes the same lock as an online run', async () => {
    const project = await createProject({
      '20260101000001_slow.sql': '-- migrate:up\nSELECT pg_sleep(3);\n-- migrate:down\nSELECT 1;\n',
    });
    const script = await printed(project, 'upgrade');
    const running = project.startMigrate(['upgrade', '--json']);
    await running.said('revision.started');
    const refused = await runPsql(project.database, script);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('another runner holds the lock of this record: nothing was changed');
    expect((await running.finished).exitCode).toBe(0);
  });

  it('stops at a script revision that reads from the database, and says so when it is printed', async () => {
    const project = await createProject({
      ...threeRevisions,
      '20260101000004_reads.ts': `export const up = async ({ sql }) => {
  const rows = await sql\`SELECT count(*) AS n FROM accounts\`;
  if (rows.length === 0) return;
  await sql\`CREATE TABLE never (id int)\`;
};`,
    });
    const { exitCode, stdout, stderr } = await project.migrate(['upgrade', '--sql']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Revision 20260101000004_reads is a script that reads from the database');
    const run = await runPsql(project.database, stdout);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(
      'revision 20260101000004_reads is a script that reads from the database: run it with migrate upgrade',
    );
    expect((await project.migrate(['current'])).stdout).toBe('20260101000003_index_email\n');
  });

  it('carries what an online run says of a late revision, and a record in a schema of any name', async () => {
    const files = {
      ...threeRevisions,
      '20260101000004_last.sql': '-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n',
    };
    const odd = ['--history-schema', `odd "name" of $migrate$ it's`];
    const schema = `"odd ""name"" of $migrate$ it's"`;
    const [online, offline] = [await createProject(files), await createProject(files)];
    for (const { migrate, database } of [online, offline]) {
      await migrate(['upgrade', ...odd]);
      await database.query(
        `DELETE FROM ${schema}.history WHERE revision = '20260101000003'; DROP INDEX accounts_email`,
      );
    }
    const args = ['upgrade', '--allow-out-of-order', ...odd];
    const script = await printed(offline, ...args);
    expect((await online.migrate(args)).exitCode).toBe(0);
    expect(await runPsql(offline.database, script)).toMatchObject({ exitCode: 0, stderr: '' });
    const events = `SELECT event, revision, reason, detail - 'durationMs' - 'cluster' AS detail FROM ${schema}.events ORDER BY id`;
    expect(await offline.database.query(events)).toEqual(await online.database.query(events));
    expect((await offline.database.query(events)).map(({ event }) => event)).toContain('out-of-order');
    expect(await readCatalog(offline.database)).toEqual(await readCatalog(online.database));
  });

  it('reverts from an older image with the body that the record keeps', async () => {
    const project = await createProject(threeRevisions);
    await project.migrate(['upgrade']);
    await rm(join(project.migrations, '20260101000003_index_email.sql'));
    await project.lock();
    const script = await printed(project, 'downgrade', '-1');
    expect(await runPsql(project.database, script)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await project.database.query("SELECT to_regclass('accounts_email') AS found")).toEqual([{ found: null }]);
    expect((await project.migrate(['check'])).exitCode).toBe(0);
  });
});
