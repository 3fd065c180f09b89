import { describe, expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';

const slow = {
  '20260101000001_slow.sql':
    '-- migrate:up\nSELECT pg_sleep(1.5);\nCREATE TABLE slow (id int);\n-- migrate:down\nDROP TABLE slow;\n',
  '20260101000002_index.sql':
    '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY slow_id ON slow (id);\n-- migrate:down\nDROP INDEX slow_id;\n',
} as const;

describe('several runners at once', () => {
  it('a second runner waits for the first, then finds nothing to do', async () => {
    const { startMigrate, database } = await createProject(slow);
    const first = startMigrate(['upgrade']);
    await first.said('1/2 applying');
    const second = startMigrate(['upgrade']);
    await second.said(/waiting for the lock that wumbo-migrations.* holds/);
    expect((await first.finished).exitCode).toBe(0);
    const result = await second.finished;
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toContain('Nothing to do');
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 2 }]);
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'slow_id'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  it('7: a runner whose wait runs out names the holder and changes nothing', async () => {
    const { startMigrate, migrate } = await createProject(slow);
    const first = startMigrate(['upgrade']);
    await first.said('1/2 applying');
    const { exitCode, stderr } = await migrate(['upgrade', '--lock-wait', '300ms']);
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(
      /Another runner holds the lock after .* wumbo-migrations\/0\.1\.0 .* \(pid \d+, role postgres/,
    );
    expect((await first.finished).exitCode).toBe(0);
  });

  it('eight at once apply each revision once', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const results = await Promise.all(Array.from({ length: 8 }, () => migrate(['upgrade'])));
    expect(results.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 8 }, () => 0));
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
    expect(await database.query("SELECT count(*)::int AS n FROM migrations.events WHERE event = 'upgrade'")).toEqual([
      { n: 3 },
    ]);
  });

  it('twenty at once, with CREATE INDEX CONCURRENTLY among the revisions: each revision once, no deadlock, no INVALID index', async () => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000004_concurrently.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY accounts_id_email ON accounts (id, email);\n-- migrate:down\nDROP INDEX accounts_id_email;\n',
      '20260101000005_after.sql':
        '-- migrate:up\nALTER TABLE accounts ADD COLUMN phone text;\n-- migrate:down\nALTER TABLE accounts DROP COLUMN phone;\n',
    });
    const results = await Promise.all(Array.from({ length: 20 }, () => migrate(['upgrade'])));
    expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 5 }]);
    expect(await database.query('SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid')).toEqual([]);
    expect(
      await database.query("SELECT count(*)::int AS n FROM migrations.events WHERE event IN ('upgrade', 'failure')"),
    ).toEqual([{ n: 5 }]);
  });

  it('a killed runner’s lock is free again within seconds', async () => {
    const { startMigrate, migrate } = await createProject({
      ...slow,
      '20260101000001_slow.sql': slow['20260101000001_slow.sql'].replace('1.5', '600'),
    });
    const killed = startMigrate(['upgrade']);
    await killed.said('1/2 applying');
    killed.child.kill('SIGKILL');
    await killed.finished;
    const { exitCode, stderr } = await migrate(['downgrade', 'base', '--lock-wait', '10s']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Nothing to do, the database is at base.');
  });
});

describe('an interrupted run', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s cancels the statement, rolls back and ends with %i', async (signal, code) => {
    const { startMigrate, database } = await createProject({
      '20260101000001_slow.sql':
        '-- migrate:up\nCREATE TABLE slow (id int);\nSELECT pg_sleep(600);\n-- migrate:down\nDROP TABLE slow;\n',
    });
    const run = startMigrate(['upgrade'], { env: { MIGRATE_CONTAINER: 'true' } });
    await run.said('revision.started');
    run.child.kill(signal);
    const { exitCode, stdout } = await run.finished;
    expect(exitCode).toBe(code);
    expect(stdout).toContain('"outcome":"interrupted"');
    expect(await database.query("SELECT to_regclass('slow') AS found")).toEqual([{ found: null }]);
    expect(await database.query('SELECT revision FROM migrations.history')).toEqual([]);
  });

  it('leaves a script that never comes back after two seconds', async () => {
    const { startMigrate } = await createProject({
      '20260101000001_stuck.ts':
        'export const up = async () => { await new Promise((done) => setTimeout(done, 600000)); };',
    });
    const run = startMigrate(['upgrade']);
    await run.said('1/1 applying');
    run.child.kill('SIGTERM');
    expect((await run.finished).exitCode).toBe(143);
  });

  it('ends at once with 143 while it waits for the lock, or for the database', async () => {
    const { startMigrate } = await createProject(slow);
    const first = startMigrate(['upgrade']);
    await first.said('1/2 applying');
    const second = startMigrate(['upgrade']);
    await second.said('waiting for the lock');
    second.child.kill('SIGTERM');
    expect((await second.finished).exitCode).toBe(143);
    expect((await first.finished).exitCode).toBe(0);
    const waiting = startMigrate(['upgrade'], { env: { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' } });
    await waiting.said('waiting for the database');
    waiting.child.kill('SIGTERM');
    expect((await waiting.finished).exitCode).toBe(143);
  });
});
