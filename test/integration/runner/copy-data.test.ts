import { describe, expect, it } from 'vitest';

import { createProject } from '../../support/migrations.ts';

const dump = `-- migrate:up
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', 'public', false);
CREATE TABLE t (a int PRIMARY KEY, b text);
COPY t (a, b) FROM stdin;
1\tit's; "quoted" -- $$ /*
2\t\\N
3\t-- migrate:down
-- migrate:down
\\.
`;
const down = '-- migrate:down\nDROP TABLE t;\n';

/** The dump without the line in its data that is no row. */
const good = dump.replace('-- migrate:down\n\\.', '4\t🚀\\tß\n\\.');

describe('COPY … FROM stdin with its data in the file', () => {
  it('loads what pg_dump wrote, whatever the data look like, and reverts by the real down section', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_t.sql': `${good}INSERT INTO t VALUES (5, 'after');\n${down}`,
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT a, b FROM t ORDER BY a')).toEqual([
      { a: 1, b: `it's; "quoted" -- $$ /*` },
      { a: 2, b: null },
      { a: 3, b: '-- migrate:down' },
      { a: 4, b: '🚀\tß' },
      { a: 5, b: 'after' },
    ]);
    expect((await migrate(['downgrade', 'base'])).exitCode).toBe(0);
    expect(await database.query("SELECT to_regclass('t') AS found")).toEqual([{ found: null }]);
  });

  it.each([
    ['CRLF line ends', good.replaceAll('\n', '\r\n'), 4],
    ['CSV, with a header', 'COPY t FROM stdin WITH (FORMAT csv, HEADER);\na,b\n1,"x\n;y"\n2,\n\\.\n', 2],
    ['no rows', 'COPY t FROM stdin;\n\\.\n', 0],
    ['a comment behind it', 'COPY t FROM stdin; -- two\n1\tx\n2\ty\n\\.', 2],
    ['two of them', 'COPY t FROM stdin;\n1\tx\n\\.\nCOPY t FROM stdin;\n2\ty\n\\.\n', 2],
  ])('%s', async (_what, text, rows) => {
    const whole = text.startsWith('--') ? text : `-- migrate:up\nCREATE TABLE t (a int PRIMARY KEY, b text);\n${text}`;
    const { migrate, database } = await createProject({ '20260101000001_t.sql': whole });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await database.query('SELECT count(*)::int AS n FROM t')).toEqual([{ n: rows }]);
  });

  it('goes through a megabyte of data', async () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => `${index}\tthe row ${index}\n`).join('');
    const { migrate, database } = await createProject({
      '20260101000001_t.sql': `-- migrate:up\nCREATE TABLE t (a int, b text);\nCOPY t FROM stdin;\n${rows}\\.\n`,
    });
    expect((await migrate(['upgrade'])).exitCode).toBe(0);
    expect(await database.query('SELECT count(*)::int AS n, max(b) AS b FROM t WHERE a = 49999')).toEqual([
      { n: 1, b: 'the row 49999' },
    ]);
  });

  it.each([
    ['a column too few', '9', 'migrations/20260101000001_t.sql:9:1: missing data for column "b"'],
    ['a bad value', 'x\ty', 'migrations/20260101000001_t.sql:9:1: invalid input syntax for type integer: "x"'],
    [
      'a key that is there',
      '1\ty',
      'migrations/20260101000001_t.sql:9:1: duplicate key value violates unique constraint',
    ],
  ])('%s: the error names the line of the row, and nothing stays', async (_what, row, message) => {
    const text = good.replace('4\t🚀\\tß', row);
    const { migrate, database } = await createProject({ '20260101000001_t.sql': text });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`9 | ${row.replace('\t', '    ')}`);
    expect(await database.query("SELECT to_regclass('t') AS found")).toEqual([{ found: null }]);
  });

  it('errors in front of, in and behind it have their own places', async () => {
    const copy = 'COPY t FROM stdin;\n1\tx\n\\.\n';
    const table = '-- migrate:up\nCREATE TABLE t (a int, b text);\n';
    for (const [text, place] of [
      [`SELECT 1;\nSELECT nope;\n${copy}`, '4:8: column "nope" does not exist'],
      [copy.replace('t FROM', 't (a, nope) FROM'), '3:1: column "nope" of relation "t" does not exist'],
      [`${copy}SELECT 1; SELECT\n  nope;\n`, '7:3: column "nope" does not exist'],
      [`${copy}INSERT INTO t VALUES (1);\nSELECT 1 / 0;\n`, '7:1: division by zero'],
    ] as const) {
      const { migrate } = await createProject({ '20260101000001_t.sql': table + text });
      const { exitCode, stderr } = await migrate(['upgrade']);
      expect(exitCode).toBe(6);
      expect(stderr).toContain(`migrations/20260101000001_t.sql:${place}`);
    }
  });

  it('without a transaction it is one statement of the journal; a rerun goes on at it', async () => {
    const table = '-- migrate:up\nCREATE TABLE t (a int, b text);\n';
    const load = '-- migrate:up transaction:false\nSELECT 1;\nCOPY t FROM stdin;\n1\tx\n2\ty\n\\.\nSELECT 2;\n';
    const { migrate, write, lock, database } = await createProject({
      '20260101000001_t.sql': table,
      '20260101000002_load.sql': load.replace('2\ty', 'two\ty'),
    });
    const failed = await migrate(['upgrade']);
    expect(failed.exitCode).toBe(10);
    expect(failed.stderr).toContain('migrations/20260101000002_load.sql:5:1: invalid input syntax for type integer');
    expect(failed.stderr).toContain('It stopped at statement 2 of 3');
    await write('20260101000002_load.sql', load);
    await lock();
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('goes on at statement 2 of 3');
    expect(await database.query('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 2 }]);
  });

  it.each([
    ['data that never end', 'COPY t FROM stdin;\n1\tx\n', '3:1: the data of COPY … FROM stdin never end'],
    ['COPY … TO stdout', 'COPY t TO stdout;\n', '3:1: COPY … TO stdout has nobody here who would take its rows'],
    ['a statement behind it', 'COPY t FROM stdin; SELECT 1;\n\\.\n', '3:1: the data of COPY … FROM stdin begin on'],
  ])('%s: refused before anything runs', async (_what, text, message) => {
    const { migrate, database } = await createProject({
      '20260101000001_t.sql': `-- migrate:up\nCREATE TABLE t (a int, b text);\n${text}`,
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`migrations/20260101000001_t.sql:${message}`);
    expect(await database.query("SELECT to_regclass('t') AS found")).toEqual([{ found: null }]);
  });
});
