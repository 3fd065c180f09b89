import { describe, expect, it } from 'vitest';

import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';

describe('a table lock that somebody else holds', () => {
  it('is tried for again in short turns, names the blocker each time, and is got when the blocker ends', async () => {
    const { startMigrate, migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    const blocker = await database.connect();
    await blocker.query("SET application_name = 'nightly report'");
    await blocker.query('BEGIN; SELECT * FROM accounts');
    const run = startMigrate(['upgrade', '--lock-timeout', '200ms'], { env: { MIGRATE_CONTAINER: 'true' } });
    await run.said('lock.blocked');
    await blocker.query('COMMIT');
    const { exitCode, stdout } = await run.finished;
    expect(exitCode).toBe(0);
    const [blocked] = eventsOf(stdout).filter(({ event }) => event === 'lock.blocked');
    expect(blocked).toMatchObject({
      revision: '20260101000002',
      attempt: 1,
      blockers: [{ application: 'nightly report', query: 'BEGIN; SELECT * FROM accounts' }],
    });
    expect(blocked?.['retryInMs']).toBeGreaterThan(0);
  });

  it('6: is given up when all tries are over, and nothing waits in the lock queue any more', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    const blocker = await database.connect();
    await blocker.query('BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE');
    const { exitCode, stderr } = await migrate(['upgrade', '--lock-timeout', '150ms', '--lock-retry-for', '1s']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('SQLSTATE 55P03');
    expect(stderr).toMatch(/blocked by pid \d+ \(test: BEGIN; LOCK TABLE accounts/);
    expect(await database.query('SELECT 1 FROM pg_locks WHERE NOT granted')).toEqual([]);
    await blocker.query('ROLLBACK');
  });
});

describe('a long statement', () => {
  it('CREATE INDEX CONCURRENTLY that waits for an old transaction says who holds it up', async () => {
    const { startMigrate, migrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n',
      '20260101000002_i.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n-- migrate:down\nDROP INDEX a_id;\n',
    });
    await migrate(['upgrade', '+1']);
    const blocker = await database.connect();
    await blocker.query("SET application_name = 'old transaction'");
    await blocker.query('BEGIN; INSERT INTO a VALUES (1)');
    const run = startMigrate(['upgrade', '--lock-timeout', '300ms'], { env: { MIGRATE_CONTAINER: 'true' } });
    await run.said('"application":"old transaction"');
    await blocker.query('COMMIT');
    expect((await run.finished).exitCode).toBe(0);
  });
});
