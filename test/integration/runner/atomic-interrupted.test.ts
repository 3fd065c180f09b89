import { describe, expect, it } from 'vitest';
import { inject } from 'vitest';

import { startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';
import { missingPsql, runPsql } from '../../support/psql.ts';
import { awkwardRevisions } from '../../support/awkward-revisions.ts';
import { readCatalog, readHistoryRows } from '../../support/catalog.ts';

const recorded = 'SELECT revision FROM migrations.history ORDER BY revision';
const inContainer = { MIGRATE_CONTAINER: 'true' };
const psqlIsMissing = await missingPsql();

describe('an --atomic run that something stops', () => {
  it('starts again from its first revision when a table lock cannot be had', async () => {
    const { migrate, startMigrate, write, lock, database } = await createProject({
      '20260101000001_accounts.sql': threeRevisions['20260101000001_create_accounts.sql'],
    });
    await migrate(['upgrade']);
    await write('20260101000002_b.sql', '-- migrate:up\nCREATE TABLE b (id int);\n');
    await write('20260101000003_c.sql', '-- migrate:up\nALTER TABLE accounts ADD COLUMN c int;\n');
    await lock();
    const blocker = await database.connect();
    await blocker.query('BEGIN; LOCK TABLE accounts');
    const run = startMigrate(['upgrade', '--atomic', '--lock-timeout', '200ms'], { env: inContainer });
    await run.said('"event":"lock.blocked"');
    await blocker.query('ROLLBACK');
    const { exitCode, stdout } = await run.finished;
    expect(exitCode).toBe(0);
    const events = eventsOf(stdout);
    expect(events.filter(({ event }) => event === 'lock.blocked')[0]).toMatchObject({ revision: '20260101000003' });
    const started = events.filter(({ event }) => event === 'revision.started').map(({ index }) => index);
    expect(started.slice(0, 4)).toEqual([1, 2, 1, 2]);
    expect(events.filter(({ event }) => event === 'revision.applied')).toHaveLength(2);
    expect(await database.query(recorded)).toHaveLength(3);
  });

  it('6: gives up when all tries together have had their time; with a script among them at once', async () => {
    const { migrate, write, lock, database } = await createProject({
      '20260101000001_accounts.sql': threeRevisions['20260101000001_create_accounts.sql'],
    });
    await migrate(['upgrade']);
    await write('20260101000002_b.sql', '-- migrate:up\nALTER TABLE accounts ADD COLUMN c int;\n');
    await lock();
    const blocker = await database.connect();
    await blocker.query('BEGIN; LOCK TABLE accounts');
    const args = ['upgrade', '--atomic', '--lock-timeout', '100ms', '--lock-retry-for'];
    const first = await migrate([...args, '2s'], { env: inContainer });
    expect(first.exitCode).toBe(6);
    expect(eventsOf(first.stdout).filter(({ event }) => event === 'lock.blocked').length).toBeGreaterThan(0);
    await write('20260101000003_c.ts', "export const up = async ({ log }) => log('once');\n");
    await lock();
    const second = await migrate([...args, '1m'], { env: inContainer });
    expect(second.exitCode).toBe(6);
    expect(eventsOf(second.stdout).filter(({ event }) => event === 'lock.blocked')).toEqual([]);
    expect(second.stdout).toContain('20260101000002_b and 20260101000003_c are not applied.');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s rolls everything back, says so, and ends with %i', async (signal, code) => {
    const { startMigrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n',
      '20260101000002_b.sql': '-- migrate:up\nSELECT pg_sleep(60);\n',
    });
    const run = startMigrate(['upgrade', '--atomic'], { env: inContainer });
    await run.said('"revision":"20260101000002"');
    run.child.kill(signal);
    const { exitCode, stdout } = await run.finished;
    expect(exitCode).toBe(code);
    expect(stdout).toContain('(--atomic): 20260101000001_a and 20260101000002_b are not applied.');
    expect(eventsOf(stdout).at(-1)).toMatchObject({ outcome: 'interrupted', applied: [], current: null });
    expect(await database.query("SELECT to_regclass('public.a') AS a")).toEqual([{ a: null }]);
    expect(await database.query(recorded)).toEqual([]);
  });

  it.each([
    [
      'before',
      6,
      'The whole run was rolled back (--atomic; the record was read over a new connection to be sure): ',
      0,
    ],
    ['after', 0, 'the record proves that it is applied', 3],
  ] as const)(
    'a connection that breaks %s the COMMIT arrived is settled for the whole run',
    async (when, code, said, n) => {
      const { migrate, database } = await createProject(threeRevisions);
      const proxy = await startCuttingProxy(inject('server').port);
      const url = new URL(database.url);
      url.port = String(proxy.port);
      // The record itself is made in a query that begins with BEGIN.
      proxy.cutOn(/^Q....COMMIT\0/s, when);
      const env = { DATABASE_URL: url.href, ...inContainer };
      const { exitCode, stdout } = await migrate(['upgrade', '--atomic'], { env });
      expect({ exitCode, stdout }).toMatchObject({ exitCode: code });
      expect(stdout).toContain(said);
      expect(eventsOf(stdout).at(-1)?.['applied']).toHaveLength(n);
      expect(await database.query(recorded)).toHaveLength(n);
    },
  );
});

describe.skipIf(psqlIsMissing !== undefined)('the script of an --atomic run', () => {
  const files = Object.fromEntries(
    Object.entries(awkwardRevisions).filter(([, text]) => !/transaction:\s?false|transaction = false/.test(text)),
  );

  it('is one transaction, and leaves the same catalog and record as the online run, up and down', async () => {
    const online = await createProject(files);
    const offline = await createProject(files);
    const { stdout: up } = await offline.migrate(['upgrade', '--atomic', '--sql']);
    expect(up.match(/^(BEGIN|COMMIT);$/gm)).toEqual(['BEGIN;', 'COMMIT;']);
    expect(await online.migrate(['upgrade', '--atomic'])).toMatchObject({ exitCode: 0 });
    expect(await runPsql(offline.database, up)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readCatalog(offline.database)).toEqual(await readCatalog(online.database));
    expect(await readHistoryRows(offline.database)).toEqual(await readHistoryRows(online.database));
    const { stdout: down } = await offline.migrate(['downgrade', 'base', '--atomic', '--sql']);
    expect(await online.migrate(['downgrade', 'base', '--atomic'])).toMatchObject({ exitCode: 0 });
    expect(await runPsql(offline.database, down)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readCatalog(offline.database)).toEqual(await readCatalog(online.database));
  });

  it('leaves nothing of it when a late statement fails', async () => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000004_wrong.sql': '-- migrate:up\nSELECT 1 / 0;\n',
    });
    const { stdout } = await migrate(['upgrade', '--atomic', '--sql']);
    expect((await runPsql(database, stdout)).exitCode).toBe(3);
    expect(await database.query("SELECT to_regclass('accounts') AS found")).toEqual([{ found: null }]);
    expect(await database.query(recorded)).toEqual([]);
  });
});
