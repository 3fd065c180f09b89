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
});
