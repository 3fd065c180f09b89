import { describe, expect, it } from 'vitest';

import { startCuttingProxy, type CuttingProxy } from '../../support/cutting-proxy.ts';
import { createProject, eventsOf, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

/** The runner's own COMMIT, alone in a simple query. */
const commit = /^Q.{4}COMMIT\0/s;

describe('a connection that breaks', () => {
  it('before the COMMIT reached the server: the revision is proved to be rolled back', async () => {
    const { project, proxy, env } = await createProxied(threeRevisions);
    proxy.cutOn(commit, 'before');
    const { exitCode, stderr } = await project.migrate(['upgrade'], { env });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('the connection was lost');
    expect(stderr).toContain('It was rolled back: the record was read over a new connection to be sure.');
    expect(stderr).toContain('hint Run this again when the database answers.');
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
    const { project, proxy, env } = await createProxied(threeRevisions);
    proxy.cutOn('ADD COLUMN email', 'after');
    expect((await project.migrate(['upgrade'], { env })).exitCode).toBe(6);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await project.database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
  });
});

describe('the fault sweep: the connection is cut at the k-th message, for every k', () => {
  const mixed = {
    '20260101000001_a.sql':
      '-- migrate:up\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n-- migrate:down\nDROP TABLE a;\n',
    '20260101000002_b.sql': `-- migrate:up transaction:false
CREATE TABLE IF NOT EXISTS b (id int);
CREATE INDEX CONCURRENTLY IF NOT EXISTS b_id ON b (id);
-- migrate:down
DROP TABLE b;
`,
    '20260101000003_c.sql':
      '-- migrate:up\nALTER TABLE a ADD COLUMN c text;\n-- migrate:down\nALTER TABLE a DROP COLUMN c;\n',
  } as const;

  it('after a rerun the database equals the uninterrupted one, and every revision is recorded once', async () => {
    const project = await createProject(mixed);
    const proxy = await startCuttingProxy(Number(new URL(project.database.url).port));
    const env = through(project, proxy);
    const before = proxy.clientChunks();
    expect((await project.migrate(['upgrade'], { env })).exitCode).toBe(0);
    const messages = proxy.clientChunks() - before;
    const whole = await fingerprint(project);
    expect(messages).toBeGreaterThan(20);
    for (let k = 1; k <= messages; k += 1) {
      await project.database.query(
        'DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS migrations CASCADE',
      );
      const seen = proxy.clientChunks();
      proxy.cutOn(
        { test: () => proxy.clientChunks() - seen === k } as unknown as RegExp,
        k % 2 === 0 ? 'before' : 'after',
      );
      await project.migrate(['upgrade', '--wait-for-database', '2s'], { env });
      const rerun = await project.migrate(['upgrade']);
      expect(rerun.exitCode, `rerun after a cut at message ${k}:\n${rerun.stderr}`).toBe(0);
      expect(await fingerprint(project), `cut at message ${k}`).toEqual(whole);
    }
  }, 300_000);
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

/** Schema, data and record as far as they must not depend on interruptions. */
async function fingerprint({ database }: MigrationProject): Promise<unknown> {
  return {
    columns: await database.query(
      "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    ),
    indexes: await database.query(
      "SELECT indexrelid::regclass::text AS name, indisvalid FROM pg_index WHERE indrelid = 'b'::regclass",
    ),
    rows: await database.query('SELECT * FROM a'),
    record: await database.query('SELECT revision, checksum FROM migrations.history ORDER BY 1'),
    journal: await database.query('SELECT * FROM migrations.journal'),
  };
}
