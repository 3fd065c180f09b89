import { describe, expect, it, onTestFinished } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';
import { planOf, projectAtFirst as project } from '../../support/plan.ts';

const [first, second, third] = Object.keys(threeRevisions).map((name) => name.replace('.sql', ''));

describe('migrate plan', () => {
  it('says what would run, what it locks of which size and for how long about, its hazards and whether it can be reverted', async () => {
    const made = await project();
    const { exitCode, stdout } = await made.migrate(['plan']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`The database is at ${first ?? ''}; 2 revisions would run.`);
    expect(stdout).toContain(`2/2 ${third ?? ''} (one transaction; can be reverted, its down is kept in the record)`);
    expect(stdout).toContain('line 2: CREATE INDEX accounts_email ON accounts (email)');
    expect(stdout).toContain('SHARE on public.accounts: builds an index, less than half a second\n');
    expect(stdout).toMatch(
      /public\.accounts: about 5,000 rows, [\d.]+ kB \([\d.]+ kB rows, [\d.]+ kB in 1 index\), \d+ scans\/s, \d+ rows written\/s/,
    );
    expect(stdout).toContain('the slow end assumes reads at 50 MB/s, for this database has not measured its own');
    expect(stdout).toContain(
      '(line 2, create-index-not-concurrently): nobody can write to accounts until the index is built',
    );
    expect(stdout).toContain('Nobody stands in the way at this moment');
    expect(stdout).toMatch(/\nplan hash: plan2-[0-9a-f]{8}-20260101000001-[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}\n$/);
    const document = await planOf(made, '+1');
    expect(document.revisions.map(({ name }) => name)).toEqual([second]);
  });

  it('needs no more than SELECT on the record, and changes nothing', async () => {
    const made = await project();
    const role = `reader_${made.database.name}`;
    await made.database.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA migrations TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA migrations TO ${role}`,
    );
    onTestFinished(() => onServer((client) => client.query(`DROP ROLE IF EXISTS ${role}`)).then(() => undefined));
    onTestFinished(() => made.database.query(`DROP OWNED BY ${role}`).then(() => undefined));
    const url = new URL(made.database.url);
    url.username = role;
    url.password = 'secret';
    const before = await made.database.query(
      'SELECT pg_current_xact_id()::text AS id, (SELECT count(*)::int FROM migrations.events) AS events',
    );
    const { exitCode, stdout, stderr } = await made.migrate(['plan'], { env: { DATABASE_URL: url.href } });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('SHARE on public.accounts');
    expect(stdout).toContain('as far as this login may see');
    expect(stdout).toContain('GRANT pg_read_all_stats');
    await made.database.query(`GRANT pg_read_all_stats TO ${role}`);
    const seeing = await made.migrate(['plan'], { env: { DATABASE_URL: url.href } });
    expect(seeing.stdout).toContain('Nobody stands in the way at this moment.');
    const after = await made.database.query(
      'SELECT pg_current_xact_id()::text AS id, (SELECT count(*)::int FROM migrations.events) AS events',
    );
    expect(after).toMatchObject([{ events: before[0]?.['events'] }]);
  });

  it('of an empty database, and of one that is up to date, is an answer too', async () => {
    const empty = await createProject(threeRevisions);
    expect((await planOf(empty)).revisions).toHaveLength(3);
    expect(await empty.database.query("SELECT 1 FROM pg_namespace WHERE nspname = 'migrations'")).toEqual([]);
    expect((await empty.migrate(['upgrade'])).exitCode).toBe(0);
    expect((await empty.migrate(['plan'])).stdout).toContain(`The database is at ${third ?? ''}, nothing is pending.`);
  });

  it('shows what somebody has accepted as accepted, with the reason, and as open what was given none', async () => {
    const { migrate } = await createProject({
      '20260101000001_items.sql': '-- migrate:up\nCREATE TABLE items (id int, name text);\n',
      '20260101000002_work.sql': `-- migrate:up
-- migrate:allow create-index-not-concurrently nobody writes before the launch
CREATE INDEX by_name ON items (name);
-- migrate:allow drop-column
ALTER TABLE items DROP COLUMN id;
-- migrate:down
SELECT 1;
`,
    });
    expect((await migrate(['upgrade', '+1'])).exitCode).toBe(0);
    const { stdout } = await migrate(['plan']);
    expect(stdout).toContain(
      '  accepted (line 3, create-index-not-concurrently): nobody can write to items until the index is built; the reason given: nobody writes before the launch\n',
    );
    expect(stdout).not.toContain('error (line 3');
    expect(stdout).toContain('warning (line 5, drop-column)');
    expect(stdout).toContain('bad-allow): says no reason why drop-column is accepted here, so it is not');
    expect(stdout).toContain('can be reverted, its down is kept in the record, but what it deletes does not come back');
  });

  it('says of scripts and of batches what is known of them', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_items.sql': '-- migrate:up\nCREATE TABLE items (id int PRIMARY KEY, n int);\n',
      '20260101000002_script.ts': 'export const up = async () => {};\n',
      '20260101000003_back.ts': 'export const up = async () => {};\nexport const down = async () => {};\n',
      '20260101000004_walk.sql':
        '-- migrate:up transaction:false\n-- migrate:batch table=items size=5000\nUPDATE items SET n = 1 WHERE id BETWEEN $1 AND $2;\n',
    });
    expect((await migrate(['upgrade', '+1'])).exitCode).toBe(0);
    await database.query('INSERT INTO items SELECT generate_series(1, 100)');
    const { stdout } = await migrate(['plan']);
    expect(stdout).toContain('1/3 20260101000002_script (one transaction; cannot be reverted: it has no down)');
    expect(stdout).toContain('2/3 20260101000003_back (one transaction; can be reverted while its file is there)');
    expect(stdout).toContain('a script: what it sends, what it locks and for how long is known when it runs');
    expect(stdout).toContain(
      '    in batches of at most 5,000 rows, a transaction each; how long in all is told while it runs\n    ROW EXCLUSIVE on public.items\n',
    );
  });

  it('of a revision that stopped half-way begins where it stopped', async () => {
    const made = await createProject({
      '20260101000001_items.sql':
        '-- migrate:up\nCREATE TABLE items (id int, n int);\nINSERT INTO items VALUES (1, 7), (2, 7);\n',
      '20260101000002_indexes.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY by_id ON items (id);\nCREATE UNIQUE INDEX CONCURRENTLY by_n ON items (n);\n',
    });
    expect((await made.migrate(['upgrade'])).exitCode).toBe(10);
    const { stdout } = await made.migrate(['plan']);
    expect(stdout).toContain('  goes on half-way: up, 1 statement finished\n');
    expect(stdout).toContain(
      '  line 2 (has run): CREATE INDEX CONCURRENTLY by_id ON items (id)\n  line 3: CREATE UNIQUE',
    );
    const { revisions, planHash } = await planOf(made);
    expect(revisions[0]?.statements.map(({ hasRun, locks }) => [hasRun, locks.length])).toEqual([
      [true, 0],
      [false, 1],
    ]);
    await made.database.query('UPDATE items SET n = id');
    const ran = await made.migrate(['upgrade', '--plan-hash', planHash]);
    expect(ran.exitCode, ran.stderr).toBe(0);
  });

  it('of 500 pending revisions is a matter of seconds', async () => {
    const files = Array.from({ length: 500 }, (_, at): readonly [string, string] => [
      `${20260101000000 + at}_t.sql`,
      `-- migrate:up\nCREATE TABLE t${at} (id int PRIMARY KEY);\nALTER TABLE t${Math.max(0, at - 1)} ADD COLUMN c${at} int;\n-- migrate:down\nDROP TABLE t${at};\n`,
    ]);
    const made = await createProject(Object.fromEntries(files));
    const start = performance.now();
    const document = await planOf(made);
    expect(document.revisions).toHaveLength(500);
    expect(document.planHash.length).toBeLessThan(300);
    expect(performance.now() - start).toBeLessThan(15_000);
    const ran = await made.migrate(['upgrade', '--plan-hash', document.planHash]);
    expect(ran.exitCode, ran.stderr).toBe(0);
  }, 60_000);
});
