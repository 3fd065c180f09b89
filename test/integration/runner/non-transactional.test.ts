import { describe, expect, it } from 'vitest';

import { createProject } from '../../support/migrations.ts';

const withIndex = {
  '20260101000001_a.sql':
    '-- migrate:up\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\n-- migrate:down\nDROP TABLE a;\n',
  '20260101000002_index.sql': `-- migrate:up transaction:false
CREATE TABLE first_step (id int); -- a comment; with a semicolon
CREATE INDEX CONCURRENTLY a_id ON a (id);
CREATE UNIQUE INDEX broken ON a (id);
CREATE TABLE last_step (id int);
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY a_id;
`,
} as const;

describe('a revision without a transaction', () => {
  it('runs CREATE INDEX CONCURRENTLY', async () => {
    const { migrate, database } = await createProject({
      ...withIndex,
      '20260101000002_index.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY a_id;\n',
    });
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass")).toEqual([
      { indisvalid: true },
    ]);
    expect((await migrate(['downgrade', '-1'])).exitCode).toBe(0);
    expect(await database.query("SELECT to_regclass('a_id') AS found")).toEqual([{ found: null }]);
  });

  it('10: stops half-way, keeps what ran, and goes on at the statement that failed', async () => {
    const { migrate, database } = await createProject(withIndex);
    const failed = await migrate(['upgrade']);
    expect(failed.exitCode).toBe(10);
    expect(failed.stderr).toContain('migrations/20260101000002_index.sql:4:1');
    expect(failed.stderr).toContain('It stopped at statement 3 of 4; the ones before stay, and the journal knows it.');
    expect(await database.query('SELECT revision FROM migrations.history')).toEqual([{ revision: '20260101000001' }]);
    await database.query('DELETE FROM a');
    const resumed = await migrate(['upgrade']);
    expect(resumed.stderr).toContain('goes on at statement 3 of 4');
    expect(resumed.exitCode).toBe(0);
    expect(await database.query("SELECT to_regclass('last_step') IS NOT NULL AS found")).toEqual([{ found: true }]);
    expect(await database.query('SELECT * FROM migrations.journal')).toEqual([]);
  });

  it('10: refuses to go on when a statement that already ran was edited', async () => {
    const { migrate, write, lock, database } = await createProject(withIndex);
    await migrate(['upgrade']);
    await write('20260101000002_index.sql', withIndex['20260101000002_index.sql'].replace('first_step', 'other_step'));
    await lock();
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(10);
    expect(stderr).toContain('statement 1 was edited after it had run');
    expect(await database.query("SELECT to_regclass('other_step') AS found")).toEqual([{ found: null }]);
  });

  it('drops the INVALID index that a failed CREATE INDEX CONCURRENTLY left, and builds it again', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': withIndex['20260101000001_a.sql'],
      '20260101000002_unique.sql': `-- migrate:up transaction:false
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "A id" ON a (id);
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY "A id";
`,
    });
    const failed = await migrate(['upgrade']);
    expect(failed.exitCode).toBe(10);
    expect(failed.stderr).toContain('SQLSTATE 23505');
    const valid = `SELECT indisvalid FROM pg_index WHERE indexrelid = '"A id"'::regclass`;
    expect(await database.query(valid)).toEqual([{ indisvalid: false }]);
    await database.query('DELETE FROM a');
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(stderr).toContain('The INVALID index "public"."A id" of an earlier try was dropped; it is built again.');
    expect(exitCode).toBe(0);
    expect(await database.query(valid)).toEqual([{ indisvalid: true }]);
  });

  it('10: does not take an INVALID index of somebody else for the one that it wants', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_i.sql':
        '-- migrate:up transaction:false\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS b_id ON b (id);\n-- migrate:down\nSELECT 1;\n',
    });
    await database.query('CREATE TABLE b (id int); INSERT INTO b VALUES (1), (1)');
    await expect(database.query('CREATE UNIQUE INDEX CONCURRENTLY b_id ON b (id)')).rejects.toThrow(
      'could not create unique index',
    );
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(10);
    expect(stderr).toContain(
      'migrations/20260101000001_i.sql:2:1: the index "public"."b_id" is there but INVALID (an earlier build failed)',
    );
    expect(await database.query('SELECT revision FROM migrations.history')).toEqual([]);
  });

  it('lock_timeout does not stop the waits of CREATE INDEX CONCURRENTLY', async () => {
    const { startMigrate, database } = await createProject({
      '20260101000001_i.sql':
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY c_id ON c (id);\nCREATE TABLE after_it AS SELECT current_setting('lock_timeout') AS t;\n-- migrate:down\nSELECT 1;\n",
    });
    await database.query('CREATE TABLE c (id int)');
    const old = await database.connect();
    await old.query('BEGIN; INSERT INTO c VALUES (1)');
    const run = startMigrate(['upgrade', '--lock-timeout', '100ms']);
    await new Promise((done) => setTimeout(done, 1_000));
    await old.query('COMMIT');
    expect((await run.finished).exitCode).toBe(0);
    expect(await database.query('SELECT t FROM after_it')).toEqual([{ t: '100ms' }]);
  });
});
