import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { removeServer, startServer, type ServerAddress } from '../../../src/embedded-postgres/server.ts';
import { changesNotSeen, differencesByOrder } from '../../support/catalog-claims.ts';
import { installationOf, installPostgres, otherVersions } from '../../support/postgres-versions.ts';
import { runProgram, startProgram } from '../../support/programs.ts';

const revisions = {
  '20260101000001_tables.sql': `-- migrate:up
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood mood NOT NULL);
CREATE FUNCTION answer() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 42; END;
-- migrate:down
DROP FUNCTION answer();
DROP TABLE people;
DROP TYPE mood;
`,
  '20260101000002_index.sql': `-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY people_mood ON people (mood);
ALTER TYPE mood ADD VALUE 'unknown';
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY people_mood;
`,
  '20260101000003_seed.ts': `export const up = async ({ sql }) => { await sql\`INSERT INTO people (mood) VALUES (\${'unknown'})\`; };
export const down = async ({ sql }) => { await sql\`DELETE FROM people\`; };
`,
} as const;

describe.each(otherVersions)('PostgreSQL %s', (version) => {
  let directory = '';
  let address: ServerAddress | undefined;
  const machine = { platform: process.platform, arch: process.arch, uid: process.getuid?.() };
  const installedIn = installationOf(version);

  beforeAll(async () => {
    await installPostgres(version);
    directory = await mkdtemp(join(tmpdir(), 'wumbo-version-'));
    await chmod(directory, 0o755);
    await mkdir(join(directory, 'migrations'));
    for (const [name, text] of Object.entries(revisions)) await writeFile(join(directory, 'migrations', name), text);
    address = await startServer({
      directory: join(directory, 'server'),
      machine,
      installedIn,
      settings: { fsync: 'off' },
    });
  }, 300_000);

  afterAll(async () => {
    await removeServer({ directory: join(directory, 'server'), machine, installedIn });
    await rm(directory, { recursive: true, force: true });
  });

  it('goes up, down to base and up again, with CONCURRENTLY, enum values and a script', async () => {
    const { env, query } = connected(address);
    const migrate = (...args: readonly string[]) => runProgram('migrate', args, { cwd: directory, env });
    expect((await migrate('lock')).exitCode).toBe(0);
    const planned = 'SHARE UPDATE EXCLUSIVE on public.people: builds an index, less than half a second';
    for (const [args, said] of [
      [['upgrade'], ''],
      [['check'], ''],
      [['downgrade', '20260101000001'], ''],
      [['plan'], planned],
      [['downgrade', 'base'], ''],
      [['upgrade'], ''],
    ] as const) {
      const { exitCode, stdout, stderr } = await migrate(...args);
      expect(exitCode, `${args.join(' ')}: ${stderr}`).toBe(0);
      expect(stdout).toContain(said);
    }
    expect((await query('SHOW server_version'))[0]?.['server_version']).toContain(version.split('.')[0]);
    expect(await query('SELECT count(*)::int AS n FROM migrations.history')).toEqual([{ n: 3 }]);
    expect(await query('SELECT answer() AS a, (SELECT mood::text FROM people) AS mood')).toEqual([
      { a: 42, mood: 'unknown' },
    ]);
  });

  it('is read by the comparison of catalogs: no kind of change is missed, and the order of creation is none', async () => {
    if (!address) throw new Error('the server did not start');
    expect(await changesNotSeen(address)).toEqual([]);
    expect(await differencesByOrder(address)).toEqual([]);
  }, 180_000);

  it('frees a killed runner’s lock and cancels an interrupted statement', async () => {
    const { env } = connected(address);
    await writeFile(
      join(directory, 'migrations/20260101000004_slow.sql'),
      '-- migrate:up\nSELECT pg_sleep(600);\n-- migrate:down\nSELECT 1;\n',
    );
    await runProgram('migrate', ['lock'], { cwd: directory, env });
    const killed = startProgram('migrate', ['upgrade'], { cwd: directory, env });
    await killed.said('1/1 applying');
    killed.child.kill('SIGKILL');
    await killed.finished;
    const interrupted = startProgram('migrate', ['upgrade', '--lock-wait', '10s'], { cwd: directory, env });
    await interrupted.said('1/1 applying');
    interrupted.child.kill('SIGTERM');
    expect((await interrupted.finished).exitCode).toBe(143);
  });
});

function connected(address: ServerAddress | undefined): {
  readonly env: Readonly<Record<string, string>>;
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>;
} {
  if (!address) throw new Error('the server did not start');
  const { host, port, user, password } = address;
  return {
    env: { DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/postgres` },
    query: async (sql) => {
      const client = new pg.Client({ ...address, database: 'postgres' });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
