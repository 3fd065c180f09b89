import { describe, expect, it, onTestFinished } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createProject, threeRevisions, type MigrationProject } from '../../support/migrations.ts';

const [first, second, third] = Object.keys(threeRevisions).map((name) => name.replace('.sql', ''));

/** The first revision is applied, the table has rows, and two revisions are pending. */
async function project(): Promise<MigrationProject> {
  const made = await createProject(threeRevisions);
  expect((await made.migrate(['upgrade', '+1'])).exitCode).toBe(0);
  await made.database.query('INSERT INTO accounts SELECT g FROM generate_series(1, 5000) g; ANALYZE accounts');
  return made;
}

interface PlanDocument {
  readonly revisions: readonly {
    readonly name: string;
    readonly reversible: string;
    readonly statements: readonly { readonly line: number; readonly locks: readonly object[] }[];
    readonly hazards: readonly object[];
  }[];
  readonly tables: readonly object[];
  readonly obstacles: readonly { readonly kind: string; readonly text: string }[];
  readonly planHash: string;
}

async function planOf({ migrate }: MigrationProject, ...args: readonly string[]): Promise<PlanDocument> {
  const { exitCode, stdout, stderr } = await migrate(['plan', ...args, '--json']);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as PlanDocument;
}

describe('migrate plan', () => {
  it('says what would run, what it locks of which size and for how long about, its hazards and whether it can be reverted', async () => {
    const made = await project();
    const { exitCode, stdout } = await made.migrate(['plan']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`The database is at ${first ?? ''}; 2 revisions would run.`);
    expect(stdout).toContain(`2/2 ${third ?? ''} (one transaction; can be reverted, its down is kept in the record)`);
    expect(stdout).toContain('line 2: CREATE INDEX accounts_email ON accounts (email)');
    expect(stdout).toMatch(
      /SHARE on public\.accounts, \d+ ms to [\d.]+ m?s \(build at 10-200 MB\/s\); about 5,000 rows, [\d.]+ kB, \d+ scans\/s, \d+ rows written\/s/,
    );
    expect(stdout).toContain(
      '(line 2, create-index-not-concurrently): nobody can write to accounts until the index is built',
    );
    expect(stdout).toContain('Nobody stands in the way at this moment');
    expect(stdout).toMatch(/\nplan hash: plan1-[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}\n$/);
    const document = await planOf(made, '+1');
    expect(document.revisions.map(({ name }) => name)).toEqual([second]);
  });

  it('names who holds a lock that it would wait for, and what makes this a bad moment', async () => {
    const made = await project();
    const other = await made.database.connect();
    await other.query('BEGIN; INSERT INTO accounts VALUES (9999)');
    const { obstacles } = await planOf(made);
    expect(obstacles).toContainEqual(
      expect.objectContaining({
        kind: 'holds a lock',
        relation: 'public.accounts',
        text: expect.stringContaining('ROW EXCLUSIVE on public.accounts: pid') as string,
      }),
    );
    await other.query('ROLLBACK; BEGIN; SELECT count(*) FROM accounts');
    const readers = async (): Promise<number> =>
      (await planOf(made)).obstacles.filter(({ text }) => text.startsWith('ACCESS SHARE on public.accounts')).length;
    // ALTER TABLE waits for who reads, CREATE INDEX does not.
    expect(await readers()).toBe(1);
    await other.query('ROLLBACK');
    await made.migrate(['upgrade', '+1']);
    await other.query('BEGIN; SELECT count(*) FROM accounts');
    expect(await readers()).toBe(0);
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
});

describe('upgrade --plan-hash', () => {
  it('runs the plan that was reviewed; once it has run, there is nothing left to refuse', async () => {
    const made = await project();
    const { planHash } = await planOf(made);
    for (const time of ['first', 'again']) {
      const { exitCode, stderr } = await made.migrate(['upgrade', '--plan-hash', planHash]);
      expect(exitCode, `${time}: ${stderr}`).toBe(0);
    }
  });

  it.each<[string, (made: MigrationProject) => Promise<unknown>, readonly string[], string]>([
    [
      'a file was edited',
      async ({ write, lock }) => {
        await write(`${third ?? ''}.sql`, '-- migrate:up\nSELECT 1;\n');
        await lock();
      },
      [],
      'the revisions that would run, or their files, are others',
    ],
    [
      'another target was asked for',
      () => Promise.resolve(),
      ['+1'],
      'the revisions that would run, or their files, are others (now 20260101000002)',
    ],
    [
      'the record has changed',
      ({ migrate }) => migrate(['downgrade', 'base']),
      [],
      'the record has changed since (now at base)',
    ],
  ])('is refused with 5, and nothing is run, when %s', async (_what, change, args, message) => {
    const made = await project();
    const { planHash } = await planOf(made);
    await change(made);
    const before = (await made.migrate(['current'])).stdout;
    const { exitCode, stderr } = await made.migrate(['upgrade', ...args], { env: { MIGRATE_PLAN_HASH: planHash } });
    expect(stderr).toContain('This is not the plan that was reviewed');
    expect(stderr).toContain(message);
    expect(exitCode).toBe(5);
    expect((await made.migrate(['current'])).stdout).toBe(before);
  });

  it('is refused for another database, and for what is no hash', async () => {
    const [one, other] = [await project(), await project()];
    const { planHash } = await planOf(one);
    const refused = await other.migrate(['upgrade', '--plan-hash', planHash]);
    expect(refused).toMatchObject({ exitCode: 5 });
    expect(refused.stderr).toContain('it was made for another database than this one');
    expect(await other.migrate(['upgrade', '--plan-hash', 'abc'])).toMatchObject({ exitCode: 2 });
  });
});
