import { describe, expect, it } from 'vitest';

import { startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createProject, type MigrationProject } from '../../support/migrations.ts';

const without = '-- migrate:up transaction:false\n';

describe('a connection that breaks between a statement and its mark in the journal', () => {
  it('leaves neither of them: the rerun does not insert twice', async () => {
    const project = await createProject({
      '20260101000001_a.sql': `${without}CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n`,
    });
    // The marks are written in their order: the second one is that of the first INSERT.
    expect(await upgradeCutAt(project, 2)).toBe(10);
    expect(await project.database.query('SELECT * FROM a')).toEqual([]);
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    expect(await project.database.query('SELECT * FROM a ORDER BY 1')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('takes an index for done that was built CONCURRENTLY, and one for dropped that is gone', async () => {
    const project = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n',
      '20260101000002_b.sql': `${without}CREATE INDEX CONCURRENTLY a_id ON a (id);\n`,
      '20260101000003_c.sql': `${without}DROP INDEX CONCURRENTLY a_id;\nCREATE INDEX CONCURRENTLY a_id ON a (id DESC);\n`,
    });
    expect(await upgradeCutAt(project, 1)).toBe(10);
    const second = await upgradeCutAt(project, 2);
    expect(second).toBe(10);
    const { exitCode, stderr } = await project.migrate(['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('An earlier run finished this statement before its connection broke.');
    expect(await project.database.query("SELECT pg_get_indexdef('a_id'::regclass) AS def")).toEqual([
      { def: 'CREATE INDEX a_id ON public.a USING btree (id DESC)' },
    ]);
  });

  it('10: but an index that somebody else made under the name is no work of ours, however often it is tried', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': `${without}CREATE TABLE IF NOT EXISTS a (id int, other int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n`,
    });
    await database.query('CREATE TABLE a (id int, other int); CREATE INDEX a_id ON a (other)');
    for (let time = 1; time <= 2; time += 1) {
      const { exitCode, stderr } = await migrate(['upgrade']);
      expect(exitCode).toBe(10);
      expect(stderr).toContain('relation "a_id" already exists');
    }
  });

  it('what cannot run in a transaction still runs, and what opens its own keeps it', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': `${without}CREATE TABLE a (id int);
VACUUM a;
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2); END $$;
CALL fill();
DO $$ BEGIN INSERT INTO a VALUES (3); COMMIT; END $$;
BEGIN;
INSERT INTO a VALUES (4);
COMMIT;
ALTER SYSTEM RESET work_mem;
REINDEX TABLE CONCURRENTLY a;
`,
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT count(*)::int AS n FROM a')).toEqual([{ n: 4 }]);
  });

  it('after the record of a revision without a transaction was committed: it is proved to be applied', async () => {
    const project = await createProject({ '20260101000001_a.sql': `${without}CREATE TABLE a (id int);\n` });
    const proxy = await startCuttingProxy(Number(new URL(project.database.url).port));
    let commits = 0;
    proxy.cutOn({ test: (text: string) => /^Q.{4}COMMIT\0/s.test(text) && (commits += 1) === 2 } as RegExp, 'after');
    const { exitCode, stderr } = await project.migrate(['upgrade'], { env: through(project, proxy.port) });
    expect(stderr).toContain('the record proves that it is applied');
    expect(exitCode).toBe(0);
  });
});

/** Cuts at the n-th mark `finished_at`, before it reaches the server. */
async function upgradeCutAt(project: MigrationProject, n: number): Promise<number | null> {
  const proxy = await startCuttingProxy(Number(new URL(project.database.url).port));
  let marks = 0;
  const pattern = { test: (text: string) => text.includes('.journal SET finished_at') && (marks += 1) === n };
  proxy.cutOn(pattern as RegExp, 'before');
  return (await project.migrate(['upgrade'], { env: through(project, proxy.port) })).exitCode;
}

function through({ database }: MigrationProject, port: number): Readonly<Record<string, string>> {
  const url = new URL(database.url);
  url.port = String(port);
  return { DATABASE_URL: url.href };
}
