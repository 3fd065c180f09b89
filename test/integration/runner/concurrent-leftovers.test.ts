import { describe, expect, it } from 'vitest';

import { createProject, type MigrationProject } from '../../support/migrations.ts';

const invalid =
  "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid AND indrelid::regclass::text IN ('t', 'other') ORDER BY 1";
const indexes = "SELECT indexname AS name FROM pg_indexes WHERE tablename = 't' ORDER BY 1";

/** A table with a value twice, and an INVALID unique index on it that somebody else has left under this name. */
async function withForeignIndex(statement: string, foreign: string): Promise<MigrationProject> {
  const project = await createProject({ '20260101000001_a.sql': `-- migrate:up transaction:false\n${statement};\n` });
  const { query } = project.database;
  await query('CREATE TABLE t (id int, word text); INSERT INTO t VALUES (1), (1); CREATE INDEX t_word ON t (word)');
  await expect(query(`CREATE UNIQUE INDEX CONCURRENTLY ${foreign} ON t (id)`)).rejects.toThrow('could not create');
  return project;
}

describe('a CONCURRENTLY statement that fails', () => {
  it('without a name for its index: the INVALID one is named, and a rerun drops that one and no other', async () => {
    const { migrate, database } = await withForeignIndex('CREATE UNIQUE INDEX CONCURRENTLY ON t (id)', 't_foreign_idx');
    const failed = await migrate(['upgrade']);
    expect(failed.exitCode).toBe(10);
    expect(failed.stderr).toContain(
      'It stopped at statement 1 of 1; the ones before stay, and the journal knows it. It left the INVALID index "public"."t_id_idx"; a rerun drops it and builds anew.',
    );
    expect(failed.stderr).not.toContain('rolled back');
    expect(await database.query(invalid)).toEqual([{ name: 't_foreign_idx' }, { name: 't_id_idx' }]);
    // A second failure leaves one of ours, not two.
    await migrate(['upgrade']);
    expect(await database.query(invalid)).toEqual([{ name: 't_foreign_idx' }, { name: 't_id_idx' }]);
    await database.query('DROP INDEX t_foreign_idx');
    await database.query('DELETE FROM t');
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('The INVALID index "public"."t_id_idx" of an earlier try was dropped; it is built again.');
    expect(await database.query(indexes)).toEqual([{ name: 't_id_idx' }, { name: 't_word' }]);
    expect(await database.query(invalid)).toEqual([]);
  });

  it.each([
    ['REINDEX INDEX CONCURRENTLY t_word', 't_word_ccnew'],
    ['REINDEX TABLE CONCURRENTLY t', 't_word_ccnew'],
    ['REINDEX SCHEMA CONCURRENTLY public', 't_word_ccnew'],
    ['REINDEX (VERBOSE, CONCURRENTLY) TABLE t', 't_word_ccnew'],
  ])('%s, cancelled while it waits: what it left is named, and a rerun drops it', async (statement, left) => {
    const { migrate, startMigrate, database } = await withForeignIndex(statement, 'other_ccnew');
    const old = await database.connect();
    await old.query('BEGIN; INSERT INTO t VALUES (2)');
    const run = startMigrate(['upgrade']);
    const find = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REINDEX%' AND wait_event_type = 'Lock'`;
    let waiting: Record<string, unknown>[] = [];
    while (waiting.length === 0) {
      waiting = await database.query(find);
      await new Promise((next) => setTimeout(next, 50));
    }
    await database.query('SELECT pg_cancel_backend($1)', [waiting[0]?.['pid']]);
    const failed = await run.finished;
    expect(failed.exitCode).toBe(10);
    expect(failed.stderr).toContain('It left the INVALID index');
    expect(failed.stderr).toContain(`"public"."${left}"`);
    expect(failed.stderr).not.toContain('"other_ccnew"');
    await old.query('ROLLBACK');
    const { stderr } = await migrate(['upgrade']);
    expect(stderr).toContain(`The INVALID index "public"."${left}" of an earlier try was dropped`);
    expect((await database.query(indexes)).map(({ name }) => name)).not.toContain(left);
    // The unique index of somebody else is still theirs, INVALID or not.
    expect((await database.query(indexes)).map(({ name }) => name)).toContain('other_ccnew');
  });

  it('10: the INVALID index of somebody else under the same name is left alone, however often it is tried', async () => {
    const { migrate, database } = await withForeignIndex(
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_id ON t (id)',
      't_id',
    );
    const [before] = await database.query("SELECT 't_id'::regclass::oid AS oid");
    for (let time = 1; time <= 3; time += 1) {
      const { exitCode, stderr } = await migrate(['upgrade']);
      expect(exitCode).toBe(10);
      expect(stderr).toContain('the index "public"."t_id" is there but INVALID (an earlier build failed)');
      expect(stderr).not.toContain('a rerun drops it');
    }
    expect(await database.query("SELECT 't_id'::regclass::oid AS oid")).toEqual([before]);
  });
});
