import { describe, expect, it } from 'vitest';

import { project, script, tableOf, touch, walk } from '../../support/backfill-project.ts';
import { createProject, eventsOf } from '../../support/migrations.ts';

describe('batch() of a script revision', () => {
  it('changes every row once, in transactions of so many rows, and tells how far it is', async () => {
    const { migrate, database } = await project(2_500, script(`size: 1_000, ${touch}`));
    const { exitCode, stdout } = await migrate(['upgrade', '--json']);
    expect(exitCode, stdout).toBe(0);
    expect(
      await database.query(
        'SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS batches FROM items WHERE touched = 1',
      ),
    ).toEqual([{ rows: 2_500, batches: 3 }]);
    const progress = eventsOf(stdout).filter(({ event, totalFrom }) => event === 'statement.progress' && totalFrom);
    expect(progress.at(-1)).toMatchObject({
      phase: 'backfill of items',
      done: 2_500,
      total: 2_500,
      totalFrom: 'count',
    });
    expect(stdout).toContain('walked 2500 rows');
    expect(await database.query('SELECT * FROM migrations.backfills')).toEqual([]);
  });

  it.each([
    [
      'text in the order of its collation',
      'id text PRIMARY KEY',
      `(ARRAY['b','A','ä','a B','a_b','Z'])[1 + g % 6] || g`,
      '',
    ],
    ['uuid', 'id uuid PRIMARY KEY', 'md5(g::text)::uuid', ''],
    [
      'timestamps with microseconds',
      'at timestamptz PRIMARY KEY',
      `'2026-01-01'::timestamptz + g * interval '1 microsecond'`,
      '',
    ],
    ['two columns', 'tenant int, name text, PRIMARY KEY (tenant, name)', `g % 7, 'n' || g`, ''],
    ['another unique key', 'id int PRIMARY KEY, code text NOT NULL UNIQUE', `g, md5(g::text)`, "key: 'code', "],
  ])('walks a key of %s', async (_what, key, keys, options) => {
    const { migrate, database } = await createProject({
      '20260101000001_items.sql': tableOf(1_003, key, keys),
      [`${walk}.ts`]: script(`${options}size: 100, ${touch}`),
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode, stderr).toBe(0);
    expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY touched')).toEqual([
      { touched: 1, rows: 1_003 },
    ]);
  });

  it('hands over the rows of a batch, of those that a condition chooses, and the bounds of the key', async () => {
    const { migrate, database } = await project(
      50,
      script(
        `size: 10, where: 'id > 20', columns: ['touched'], run: async ({ client, rows, from, to }) => {
          for (const row of rows) await client.query('UPDATE items SET label = $1 WHERE id = $2', [[from.id, row.id, row.touched, to.id].join(), row.id]);
        }`,
      ),
    );
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode, stderr).toBe(0);
    expect(await database.query('SELECT id::int, label FROM items WHERE id IN (20, 21, 30, 50) ORDER BY 1')).toEqual([
      { id: 20, label: null },
      { id: 21, label: '21,21,0,30' },
      { id: 30, label: '21,30,0,30' },
      { id: 50, label: '41,50,0,50' },
    ]);
  });

  it.each([
    [
      'inside a transaction',
      script(touch).replace('export const transaction = false;\n', ''),
      6,
      'batch() commits after each batch, so it cannot run inside the transaction of a revision',
    ],
    [
      'without a unique key',
      script(`key: 'touched', ${touch}`),
      10,
      'public.items has no valid unique index on exactly (touched) without NULL, so a row could be in two batches or in none. Unique and without NULL are: (id)',
    ],
    [
      'by a unique key that may be NULL',
      script(`key: 'label', ${touch}`).replace(
        'const { rows }',
        'await sql`CREATE UNIQUE INDEX IF NOT EXISTS by_label ON items (label)`;\n  const { rows }',
      ),
      10,
      'no valid unique index on exactly (label) without NULL, so a row could be in two batches or in none',
    ],
    [
      'of a table that is not there',
      script(touch).replace("'items'", "'nothing'"),
      10,
      'there is no table nothing to walk in batches',
    ],
    [
      'that nobody awaits',
      script(touch).replace('const { rows } = await', 'const rows = 0; void'),
      10,
      'the function ended while a query was still running: await every query',
    ],
    [
      'whose failure is swallowed',
      script(touch)
        .replace('await batch(', 'await quiet(batch)(')
        .replace(
          'export const up',
          'const quiet = (batch: any) => async (options: any) => { try { return await batch({ ...options, run: async () => { throw new Error("no luck") } }); } catch { return { rows: 0 }; } };\nexport const up',
        ),
      10,
      'no luck',
    ],
    [
      'that commits by itself',
      script('run: async ({ sql }) => { await sql`COMMIT`; }'),
      10,
      'its batch ended the transaction that was opened for it',
    ],
    [
      'that swallows a failure of the server',
      script("run: async ({ client }) => { await client.query('SELECT 1/0').catch(() => 0); }"),
      10,
      'current transaction is aborted',
    ],
  ])('a batch %s is refused, and the revision is not applied', async (_what, text, code, message) => {
    const { migrate, database } = await project(20, text);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
    expect(await database.query('SELECT revision FROM migrations.history')).toEqual([{ revision: '20260101000001' }]);
    expect(await database.query('SELECT 1 FROM items WHERE touched > 0')).toEqual([]);
  });

  it('leaves to the application what it inserts behind the place that was reached, and changes what comes in ahead of it', async () => {
    const { startMigrate, database } = await project(
      2_000,
      script(`size: 100, ${touch.replace('await sql', 'await sql`SELECT pg_sleep(0.05)`; await sql')}`),
    );
    const run = startMigrate(['upgrade', '--json']);
    await run.said('"phase":"backfill of items"');
    await database.query(
      'INSERT INTO items SELECT generate_series(-99, 0); INSERT INTO items SELECT generate_series(2001, 2100)',
    );
    expect((await run.finished).exitCode).toBe(0);
    expect(
      await database.query(
        'SELECT id <= 0 AS behind, touched, count(*)::int AS rows FROM items GROUP BY 1, 2 ORDER BY 1',
      ),
    ).toEqual([
      { behind: false, touched: 1, rows: 2_100 },
      { behind: true, touched: 0, rows: 100 },
    ]);
  });

  it('two walks of one table need names, and a rerun does not walk the finished one again', async () => {
    const twice = (name: string, end: string): string =>
      script(touch, `await batch({ table: 'items'${name}, size: 5, ${touch} });${end}`);
    const { migrate, database, write, lock } = await project(20, twice('', ''));
    const unnamed = await migrate(['upgrade']);
    expect(unnamed.stderr).toContain('two batch() calls of this revision are named "items"');
    expect(await database.query('SELECT DISTINCT touched FROM items')).toEqual([{ touched: 1 }]);
    await write(`${walk}.ts`, twice(", name: 'again'", ''));
    await lock();
    const edited = await migrate(['upgrade']);
    expect(edited.exitCode).toBe(10);
    expect(edited.stderr).toContain('--edited-backfill continue (they are right)');
    expect(edited.stderr).toContain(
      `migrations/${walk}.ts was edited while its backfill "items" is half-way: 20 of 20 rows`,
    );
    const named = await migrate(['upgrade', '--edited-backfill', 'continue']);
    expect(named.exitCode, named.stderr).toBe(0);
    expect(await database.query('SELECT DISTINCT touched FROM items')).toEqual([{ touched: 2 }]);
  });
});
