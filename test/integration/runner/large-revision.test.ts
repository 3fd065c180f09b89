import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createProject, eventsOf, type MigrationProject } from '../../support/migrations.ts';

const name = '20260101000001_big.sql';
const file = `migrations/${name}`;
const head = '-- migrate:up\nCREATE TABLE big (id int, name text);\n';
const down = '-- migrate:down\nDROP TABLE big;\n';

/** Rows from a number on, as statements of 100 bytes or so each; the emoji makes bytes and characters differ. */
function inserts(count: number): string {
  return Array.from(
    { length: count },
    (_, row) => `INSERT INTO big VALUES (${row}, 'a name; it is "long" -- and 🚀 holds what SQL is made of ${row}');\n`,
  ).join('');
}

const thirtyMegabytes = inserts(300_000);
const fiveMegabytes = inserts(50_000);

/** What the process says of itself at its end: the most memory that it ever had, as the kernel counted since its start. */
const sayPeak = `import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const status = process.platform === 'linux' ? /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] : undefined;
  process.stderr.write('peak ' + (status ?? process.resourceUsage().maxRSS) + ' KiB\\n');
});
`;

/** Runs `migrate` and answers the peak of its memory with what it left behind. */
async function measured(
  { directory, migrate }: MigrationProject,
  args: readonly string[],
): Promise<{ readonly exitCode: number | null; readonly stderr: string; readonly peakMebibytes: number }> {
  const script = join(directory, 'say-peak.mjs');
  await writeFile(script, sayPeak);
  const { exitCode, stderr } = await migrate(args, { env: { NODE_OPTIONS: `--import=${script}` } });
  return { exitCode, stderr, peakMebibytes: Number(/peak (\d+) KiB/.exec(stderr)?.[1]) / 1_024 };
}

describe('a large .sql revision', () => {
  it('runs in one transaction within 160 MiB, is not copied into the record, and is reverted from its file', async () => {
    const project = await createProject({ [name]: `\ufeff${head}${thirtyMegabytes}${down}` });
    const { exitCode, stderr, peakMebibytes } = await measured(project, ['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain(`The record keeps no copy of the up section of ${file}, of more than 1 MiB.`);
    expect(peakMebibytes).toBeGreaterThan(30);
    expect(peakMebibytes).toBeLessThanOrEqual(160);
    const { database, migrate } = project;
    expect(await database.query('SELECT count(*)::int AS n, count(DISTINCT xmin::text)::int AS x FROM big')).toEqual([
      { n: 300_000, x: 1 },
    ]);
    expect(await database.query('SELECT up_body, down_body FROM migrations.history')).toEqual([
      { up_body: null, down_body: down },
    ]);
    expect((await migrate(['check'])).exitCode).toBe(0);
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await database.query("SELECT to_regclass('big') AS found")).toEqual([{ found: null }]);
  });

  it.each([
    [
      '30 MB of data for COPY',
      `COPY big FROM stdin;\n${'1\tthe name of a row that is neither short nor long\n'.repeat(600_000)}\\.\n`,
      600_000,
    ],
    ['one statement of 30 MB', `INSERT INTO big VALUES (1, '${'abcdefghi '.repeat(3_000_000)}');\n`, 1],
    [
      '300,000 answers with rows',
      `${"SELECT 'an answer that nobody reads';\n".repeat(300_000)}INSERT INTO big VALUES (1);\n`,
      1,
    ],
  ])('%s take no more', async (_what, text, rows) => {
    const project = await createProject({ [name]: head + text });
    const { exitCode, stderr, peakMebibytes } = await measured(project, ['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(peakMebibytes).toBeLessThanOrEqual(160);
    expect(await project.database.query('SELECT count(*)::int AS n FROM big')).toEqual([{ n: rows }]);
  });

  const last = 50_003;
  it.each([
    [
      'with a position',
      "SELECT '🚀', nope;\n",
      `${last}:13: column "nope" does not exist`,
      `${last} | SELECT '🚀', nope;`,
    ],
    [
      'without a position',
      "SELECT 'é';\nSELECT 1 / 0;\n",
      `${last + 1}:1: division by zero`,
      `${last + 1} | SELECT 1 / 0;`,
    ],
    [
      'in data',
      'COPY big FROM stdin;\n1\ta\nx\tb\n\\.\n',
      `${last + 2}:1: invalid input syntax for type integer`,
      `${last + 2} | x    b`,
    ],
  ])('an error at its very end, %s, names the place and rolls everything back', async (_what, end, place, excerpt) => {
    const { migrate, database } = await createProject({ [name]: `\ufeff${head}${fiveMegabytes}${end}` });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`${file}:${place}`);
    expect(stderr).toContain(excerpt);
    expect(stderr).toContain('It was rolled back.');
    expect(await database.query("SELECT to_regclass('big') AS found")).toEqual([{ found: null }]);
  });

  it.each([
    ['a string without an end', "SELECT 'x\n", `${last}:8: a string is never closed`],
    ['a COMMIT', 'COMMIT;\n', `${last}:1: COMMIT inside a revision`],
  ])('%s at its very end is found before anything runs', async (_what, end, problem) => {
    const { migrate, database } = await createProject({
      '20260101000000_first.sql': '-- migrate:up\nCREATE TABLE first ();\n',
      [name]: head + fiveMegabytes + end,
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${file}:${problem}`);
    expect(await database.query("SELECT to_regclass('first') AS found")).toEqual([{ found: null }]);
  });

  it('5: that is edited while it is sent is rolled back', async () => {
    const wait = 'SELECT pg_advisory_xact_lock(42);\n';
    const { migrations, startMigrate, database } = await createProject({ [name]: head + wait + fiveMegabytes });
    const other = await database.connect();
    await other.query('SELECT pg_advisory_lock(42)');
    const run = startMigrate(['upgrade']);
    const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    while ((await other.query(waiting)).rowCount === 0) await new Promise((next) => setTimeout(next, 20));
    await appendFile(join(migrations, name), 'SELECT 2;\n');
    await other.query('SELECT pg_advisory_unlock(42)');
    const { exitCode, stderr } = await run.finished;
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`${file} was edited while this run was under way.`);
    expect(await database.query("SELECT to_regclass('big') AS found")).toEqual([{ found: null }]);
  });

  it('without a transaction runs statement by statement, and goes on where it stopped', async () => {
    const statement = (row: number): string => `INSERT INTO big VALUES (${row}, '${'x'.repeat(20_000)}');\n`;
    const many = Array.from({ length: 1_100 }, (_, row) => (row % 5 === 0 ? statement(row) : `SELECT ${row};\n`)).join(
      '',
    );
    const copy = `COPY big FROM stdin;\n${'1\tx\n'.repeat(10)}\\.\n`;
    const text = head.replace('up', 'up transaction:false') + many + copy;
    const { migrate, write, lock, database } = await createProject({ [name]: `${text}INSERT INTO nope VALUES (1);\n` });
    const failed = await migrate(['upgrade'], { env: { MIGRATE_CONTAINER: 'true' } });
    expect(failed.exitCode).toBe(10);
    expect(eventsOf(failed.stdout).find(({ event }) => event === 'revision.failed')).toMatchObject({
      line: text.split('\n').length,
      column: 13,
      message: 'relation "nope" does not exist',
      state: 'It stopped at statement 1103 of 1103; the ones before stay, and the journal knows it.',
    });
    await write(name, `${text.replace('SELECT 1;', 'SELECT 2;')}INSERT INTO big VALUES (1);\n`);
    await lock();
    const refused = await migrate(['upgrade']);
    expect(refused.exitCode).toBe(10);
    expect(refused.stderr).toContain('statement 3 was edited after it had run');
    await write(name, `${text}INSERT INTO big VALUES (-1);\n`);
    await lock();
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('goes on at statement 1103 of 1103');
    expect(await database.query('SELECT count(*)::int AS n FROM big')).toEqual([{ n: 220 + 10 + 1 }]);
  });
});
