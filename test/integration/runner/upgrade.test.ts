import { describe, expect, it } from 'vitest';

import { createProject, eventsOf, threeRevisions } from '../../support/migrations.ts';

describe('migrate upgrade', () => {
  it('applies all pending revisions in order, records who, what and how long, and says where the database is', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const { exitCode, stdout, stderr } = await migrate(['upgrade'], {
      env: { MIGRATE_LAUNCHED_BY: 'ada', MIGRATE_GIT_SHA: 'abc123' },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /1\/3 applied 20260101000001_create_accounts in [\d.]+ m?s\n[\s\S]*3\/3 applied 20260101000003_index_email/,
    );
    expect(stderr).toMatch(/done: 3 revisions applied in .*; the database is at 20260101000003_index_email/);
    const record = await database.query(
      'SELECT revision, launched_by, git_sha, database_role, duration_ms >= 0 AS timed, tool_version FROM migrations.history ORDER BY sequence',
    );
    expect(record.map(({ revision }) => revision)).toEqual(['20260101000001', '20260101000002', '20260101000003']);
    expect(record[0]).toMatchObject({
      launched_by: 'ada',
      git_sha: 'abc123',
      database_role: 'postgres',
      timed: true,
      tool_version: '0.1.0',
    });
  });

  it('finds nothing to do the second time, says at which revision, and succeeds', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Nothing to do, the database is at 20260101000003_index_email.');
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
  });

  it.each([
    ['20260101000002', 2],
    ['+1', 1],
    ['base+2', 2],
    ['create', 1],
    ['head-1', 2],
  ])('stops at the target %s, which is applied', async (target, count) => {
    const { migrate, database } = await createProject(threeRevisions);
    expect((await migrate(['upgrade', target])).exitCode).toBe(0);
    expect(await database.query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: count }]);
  });

  it('has nothing to do when the target is applied already', async () => {
    const { migrate } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    const { exitCode, stderr } = await migrate(['upgrade', 'create_accounts']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Nothing to do, the database is at 20260101000003_index_email.');
  });

  it.each([
    ['2099', 'No revision is named "2099".'],
    ['acounts', 'No revision is named "acounts".'],
    ['2026', '"2026" fits 3 revisions'],
    ['+4', 'Target "+4" goes too far'],
    ['', 'No revision is named "".'],
  ])('refuses the target "%s" with exit 2 and runs nothing', async (target, message) => {
    const { migrate, database } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['upgrade', target]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(await database.query("SELECT to_regclass('accounts') AS found")).toEqual([{ found: null }]);
  });

  it('refuses a relative target that points back', async () => {
    const { migrate } = await createProject(threeRevisions);
    await migrate(['upgrade']);
    const { exitCode, stderr } = await migrate(['upgrade', '-1']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Target "-1" points the wrong way for upgrade.');
    expect(stderr).toContain('migrate downgrade -1');
  });

  it('keeps earlier revisions when one fails, rolls that one back, and points at file, line and column', async () => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000004_broken.sql':
        '-- migrate:up\nCREATE TABLE half (id int);\nSELECT 1;\nCREATE INDEX 🐘 ON nope (id);\n-- migrate:down\nDROP TABLE half;\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('✗ 4/4 20260101000004_broken failed');
    expect(stderr).toContain(
      'migrations/20260101000004_broken.sql:4:1: relation "nope" does not exist (SQLSTATE 42P01)',
    );
    expect(stderr).toContain('It was rolled back.');
    expect(stderr).toContain('hint: Mend the revision, run `migrate lock`, then run this again.');
    expect(stderr).toMatch(
      /failed: 3 revisions applied before that; the database is at 20260101000003_index_email, 1 pending/,
    );
    expect(await database.query("SELECT to_regclass('half') AS found")).toEqual([{ found: null }]);
    const events = await database.query(
      'SELECT event, revision, reason FROM migrations.events ORDER BY id DESC LIMIT 1',
    );
    expect(events[0]).toMatchObject({ event: 'failure', revision: '20260101000004' });
  });

  it('names the failing statement when the server gives no position', async () => {
    const { migrate } = await createProject({
      '20260101000001_a.sql':
        '-- migrate:up\nCREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1);\n\nINSERT INTO a VALUES (1);\n-- migrate:down\nDROP TABLE a;\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('migrations/20260101000001_a.sql:5:1');
    expect(stderr).toContain('detail: Key (id)=(1) already exists.');
  });

  it('parses every file before the first statement runs', async () => {
    const { migrate, database } = await createProject({
      ...threeRevisions,
      '20260101000004_typo.sql': "-- migrate:up\nSELECT 'never closed;\n-- migrate:down\nSELECT 1;\n",
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('migrations/20260101000004_typo.sql:2:8: a string is never closed.');
    expect(await database.query("SELECT to_regclass('accounts') AS found")).toEqual([{ found: null }]);
  });

  it('writes run events, one JSON object per line, in a container', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { stdout, stderr } = await migrate(['upgrade', '+2'], { env: { MIGRATE_CONTAINER: 'true' } });
    expect(stderr).toBe('');
    const events = eventsOf(stdout);
    expect(events).toHaveLength(stdout.trim().split('\n').length);
    expect(events.map(({ event }) => event)).toEqual([
      'run.started',
      'lock.acquired',
      'plan',
      'revision.started',
      'revision.applied',
      'revision.started',
      'revision.applied',
      'run.finished',
    ]);
    expect(new Set(events.map(({ runId }) => runId)).size).toBe(1);
    expect(events.at(-1)).toMatchObject({
      outcome: 'succeeded',
      exitCode: 0,
      applied: ['20260101000001_create_accounts', '20260101000002_add_email'],
      reverted: [],
      pending: ['20260101000003_index_email'],
      current: '20260101000002_add_email',
    });
  });

  it('runs a .ts revision in its transaction, with parameters, and turns its console into messages', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_seed.ts': `
        import type { RevisionContext } from 'wumbo-migrations';
        export const up = async ({ sql, client, log }: RevisionContext) => {
          await client.query('CREATE TABLE seeds (name text)');
          await sql\`INSERT INTO seeds VALUES (\${"o'neil"})\`;
          const rows = await sql\`SELECT count(*)::int AS n FROM seeds\`;
          log('rows: ' + rows[0].n);
          console.log('from the console', { a: 1 });
        };
        export const down = async ({ sql }: RevisionContext) => { await sql\`DROP TABLE seeds\`; };`,
    });
    const { exitCode, stdout } = await migrate(['upgrade'], { env: { MIGRATE_CONTAINER: 'true' } });
    expect(exitCode).toBe(0);
    const texts = eventsOf(stdout).flatMap(({ event, text }) => (event === 'message' ? [text] : []));
    expect(texts).toEqual(['rows: 1', 'from the console { a: 1 }']);
    expect(await database.query('SELECT name FROM seeds')).toEqual([{ name: "o'neil" }]);
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await database.query("SELECT to_regclass('seeds') AS found")).toEqual([{ found: null }]);
  });
});
