import { describe, expect, it } from 'vitest';

import { startCuttingProxy, type CuttingProxy } from '../../support/cutting-proxy.ts';
import { createProject, eventsOf, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

/** The simple query that holds the first revision and the runner's own COMMIT. */
const commit = /^Q.{4}BEGIN;.*CREATE TABLE accounts.*\nCOMMIT;/s;

describe('a connection that breaks', () => {
  it('before the COMMIT reached the server: the revision is proved to be rolled back', async () => {
    const { project, proxy, env } = await createProxied(threeRevisions);
    proxy.cutOn(commit, 'before');
    const { exitCode, stderr } = await project.migrate(['upgrade'], { env });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('the connection was lost');
    expect(stderr).toContain('It was rolled back: the record was read over a new connection to be sure.');
    expect(stderr).toContain('hint: Run this again when the database answers.');
    expect(await project.database.query('SELECT revision FROM migrations.history')).toEqual([]);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
  });

  it('after the COMMIT reached the server: the revision is proved to be applied, and the run says how to go on', async () => {
    const { project, proxy, env } = await createProxied(threeRevisions);
    proxy.cutOn(commit, 'after');
    const { exitCode, stdout } = await project.migrate(['upgrade'], { env: { ...env, MIGRATE_CONTAINER: 'true' } });
    expect(exitCode).toBe(8);
    const finished = eventsOf(stdout).at(-1);
    expect(finished).toMatchObject({
      applied: ['20260101000001_create_accounts'],
      current: '20260101000001_create_accounts',
    });
    expect(stdout).toContain('the record proves that it is applied');
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await project.database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
  });

  it('at the COMMIT of the last revision: that is success, with a warning', async () => {
    const { project, proxy, env } = await createProxied({
      '20260101000001_create_accounts.sql': threeRevisions['20260101000001_create_accounts.sql'],
    });
    proxy.cutOn(commit, 'after');
    const { exitCode, stderr } = await project.migrate(['upgrade'], { env });
    expect(stderr).toContain(
      'warning: The connection was lost while 20260101000001_create_accounts was being committed',
    );
    expect(exitCode).toBe(0);
  });

  it('8: while the record is prepared: nothing was run, and that is no bug of the program', async () => {
    const { project, proxy, env } = await createProxied(threeRevisions);
    proxy.cutOn('CREATE SCHEMA', 'before');
    const { exitCode, stderr } = await project.migrate(['upgrade'], { env });
    expect(exitCode).toBe(8);
    expect(stderr).toMatch(
      /error: The connection to test_\w+ at 127\.0\.0\.1:\d+ was lost: Connection terminated unexpectedly\./,
    );
  });

  it('in the middle of a statement: rolled back, and a rerun gives the same database', async () => {
    const slow = '-- migrate:up\nCREATE TABLE b (id int);\nSELECT pg_sleep(5);\n';
    const { project, proxy, env } = await createProxied({ ...threeRevisions, '20260101000004_slow.sql': slow });
    // The server notices within a second that nobody waits for the answer any more.
    proxy.cutOn('pg_sleep', 'after');
    const { exitCode, stderr } = await project.migrate(['upgrade'], { env });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('It was rolled back: the record was read over a new connection to be sure.');
    expect(await project.database.query("SELECT to_regclass('b') AS b")).toEqual([{ b: null }]);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await project.database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 4 }]);
  });
});

async function createProxied(files: Readonly<Record<string, string>>): Promise<{
  readonly project: MigrationProject;
  readonly proxy: CuttingProxy;
  readonly env: Readonly<Record<string, string>>;
}> {
  const project = await createProject(files);
  const proxy = await startCuttingProxy(Number(new URL(project.database.url).port));
  return { project, proxy, env: through(project, proxy) };
}

function through({ database }: MigrationProject, { port }: CuttingProxy): Readonly<Record<string, string>> {
  const url = new URL(database.url);
  url.port = String(port);
  return { DATABASE_URL: url.href };
}
