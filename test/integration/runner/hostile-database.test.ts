import { describe, expect, it } from 'vitest';

import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';

const raise = (name: string): string => `BEGIN RAISE EXCEPTION 'planted ${name} was called'; END`;
const planted = (signature: string, returns: string): string =>
  `CREATE FUNCTION public.${signature} RETURNS ${returns} LANGUAGE plpgsql AS $$ ${raise(signature.replaceAll("'", ''))} $$;`;

/** Built-ins that the runner uses, under their own names in `public`, and a search_path that finds those first. */
const plantedObjects = [
  planted('now()', 'timestamptz'),
  planted('clock_timestamp()', 'timestamptz'),
  planted('current_setting(text)', 'text'),
  planted('current_setting(text, boolean)', 'text'),
  planted('pg_backend_pid()', 'int'),
  planted('pg_is_in_recovery()', 'boolean'),
  planted('pg_try_advisory_lock(bigint)', 'boolean'),
  planted('to_regclass(text)', 'regclass'),
  planted('to_regnamespace(text)', 'regnamespace'),
  planted('obj_description(oid, text)', 'text'),
  planted('current_database()', 'name'),
  planted('texteq_planted(text, text)', 'boolean'),
  planted('oideq_planted(oid, oid)', 'boolean'),
  planted('bigint_planted(bigint, bigint)', 'boolean'),
  'CREATE OPERATOR public.= (FUNCTION = public.texteq_planted, LEFTARG = text, RIGHTARG = text);',
  'CREATE OPERATOR public.= (FUNCTION = public.oideq_planted, LEFTARG = oid, RIGHTARG = oid);',
  'CREATE OPERATOR public.= (FUNCTION = public.bigint_planted, LEFTARG = bigint, RIGHTARG = bigint);',
  'CREATE TABLE public.pg_locks (x int); CREATE TABLE public.pg_class (x int); CREATE TABLE public.pg_index (x int); CREATE TABLE public.pg_constraint (x int);',
].join('\n');

describe('a database whose search_path finds planted objects before the built-ins', () => {
  it('does not redirect the runner’s own statements, in a transaction or without', async () => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000004_later.sql':
        '-- migrate:up transaction:false\nCREATE TABLE later (id int);\nCREATE INDEX CONCURRENTLY later_id ON later (id);\n-- migrate:down transaction:false\nDROP TABLE later;\n',
    });
    await database.query(plantedObjects);
    await database.query(`ALTER DATABASE ${database.name} SET search_path = public, pg_catalog`);
    // The planted objects are found by who does not name the schema.
    const other = await database.connect();
    await expect(other.query("SELECT 'a'::text = 'a'::text")).rejects.toThrow('planted texteq_planted');
    const succeeds = async (...args: readonly string[]): Promise<void> => {
      const { exitCode, stderr } = await migrate(args);
      expect({ args, exitCode, stderr: /planted.*/.exec(stderr)?.[0] }).toEqual({
        args,
        exitCode: 0,
        stderr: undefined,
      });
    };
    await succeeds('upgrade');
    await succeeds('check');
    await succeeds('current');
    await succeeds('history', '-v');
    await succeeds('downgrade', '-1');
    await succeeds('downgrade', 'base', '--atomic');
    await succeeds('upgrade', '+2', '--atomic');
    await succeeds('stamp', 'head', '--reason', 'x');
  });

  it('is still what revisions see', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql':
        "-- migrate:up\nCREATE TABLE a AS SELECT pg_catalog.current_setting('search_path') AS path;\n",
      '20260101000002_b.sql':
        "-- migrate:up transaction:false\nCREATE TABLE b AS SELECT pg_catalog.current_setting('search_path') AS path;\n",
    });
    await database.query(`CREATE SCHEMA app; ALTER DATABASE ${database.name} SET search_path = app, public`);
    expect(await migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT path FROM app.a UNION ALL SELECT path FROM app.b')).toEqual([
      { path: 'app, public' },
      { path: 'app, public' },
    ]);
  });
});

describe('what a run needs of time and of the server', () => {
  it('a script may compute for as long as it likes between two queries; SQL keeps the idle timeout', async () => {
    const name = "current_setting('idle_in_transaction_session_timeout')";
    const { migrate, database } = await createProject({
      '20260101000001_a.ts': `export const up = async ({ sql }) => { await sql\`CREATE TABLE a AS SELECT ${name} AS idle\`; };\n`,
      '20260101000002_b.sql': `-- migrate:up\nCREATE TABLE b AS SELECT ${name} AS idle;\n`,
    });
    expect(await migrate(['upgrade'])).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT a.idle AS script, b.idle AS sql FROM a, b')).toEqual([
      { script: '0', sql: '10min' },
    ]);
  });

  it('6: a server that can only be read in the middle of a run has perhaps failed over: the hint says so', async () => {
    const { migrate } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n',
      '20260101000002_b.sql': '-- migrate:up\nSET TRANSACTION READ ONLY;\nCREATE TABLE b (id int);\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('SQLSTATE 25006');
    expect(stderr).toContain(
      'this server has become a standby (a failover): run this again, it connects to the new writer.',
    );
  });

  it('the record’s times are the server’s, however wrong the clock of the machine is', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql':
        '-- migrate:up transaction:false\nCREATE TABLE a (id int);\nSELECT 1 / count(*) FROM a;\n',
      '20260101000000_zero.sql': '-- migrate:up\nSELECT 1;\n',
    });
    const shift = encodeURIComponent(
      'const now = Date.now; Date.now = () => now() + 31_536_000_000; const D = Date; globalThis.Date = class extends D { constructor(...a) { a.length === 0 ? super(D.now()) : super(...a); } };',
    );
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${shift}`, MIGRATE_CONTAINER: 'true' };
    const { exitCode, stdout } = await migrate(['upgrade'], { env });
    expect(exitCode).toBe(10);
    // The machine's clock, which the events have, really was a year ahead.
    expect(Date.parse(String(eventsOf(stdout)[0]?.['time'])) - Date.now()).toBeGreaterThan(30_000_000_000);
    expect(
      await database.query(`SELECT
        (SELECT abs(extract(epoch FROM now() - applied_at)) < 600 FROM migrations.history) AS history,
        (SELECT bool_and(abs(extract(epoch FROM now() - started_at)) < 600) FROM migrations.journal) AS journal,
        (SELECT bool_and(abs(extract(epoch FROM now() - at)) < 600) FROM migrations.events) AS events`),
    ).toEqual([{ history: true, journal: true, events: true }]);
  });
});

describe('a revision of very many statements without a transaction', () => {
  it('tells its progress by the second and at the end, not by the statement', async () => {
    const statements = Array.from({ length: 2_000 }, (_, index) => `SELECT ${index};`).join('\n');
    const { migrate } = await createProject({
      '20260101000001_a.sql': `-- migrate:up transaction:false\n${statements}\nSELECT pg_sleep(0.1);\n`,
    });
    const start = Date.now();
    const { exitCode, stdout } = await migrate(['upgrade'], { env: { MIGRATE_CONTAINER: 'true' } });
    const seconds = (Date.now() - start) / 1_000;
    expect(exitCode).toBe(0);
    const progress = eventsOf(stdout).filter(({ event }) => event === 'statement.progress');
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.length).toBeLessThan(seconds + 3);
    expect(progress[0]).toMatchObject({ statement: 1, statements: 2_001 });
    expect(progress.at(-1)).toMatchObject({ statement: 2_001, statements: 2_001 });
  });
});
