import { describe, expect, it } from 'vitest';

import { createProject, type MigrationProject } from '../../support/migrations.ts';
import { planOf } from '../../support/plan.ts';

const tables: Readonly<Record<string, string>> = {
  'many narrow rows': 'SELECT g AS a, g AS b FROM generate_series(1, 600000) g',
  'rows of usual width, with indexes':
    "SELECT g AS a, g AS b, repeat('x', 60) AS note FROM generate_series(1, 300000) g",
  'few wide rows, stored out of line':
    'SELECT g AS a, g AS b, (SELECT string_agg(md5(g::text || i), $$$$) FROM generate_series(1, 100) i) AS note FROM generate_series(1, 8000) g',
};

/** How long a server may wait for a processor that other tests keep busy. */
const busyMs = 500;

const works: Readonly<Record<string, string>> = {
  scan: 'ALTER TABLE items ALTER COLUMN b SET NOT NULL',
  build: 'CREATE INDEX by_b ON items (b)',
  rewrite: 'ALTER TABLE items ALTER COLUMN b TYPE bigint',
};

async function project(rows: string, statement: string): Promise<MigrationProject> {
  const made = await createProject({
    '20260101000001_items.sql': `-- migrate:up\nCREATE TABLE items AS ${rows};\nCREATE UNIQUE INDEX ON items (a);\n${rows.includes(' 60)') ? 'CREATE INDEX ON items (note, a);' : ''}\n`,
    '20260101000002_work.sql': `-- migrate:up\n${statement};\n`,
  });
  expect((await made.migrate(['upgrade', '+1'])).exitCode).toBe(0);
  await made.database.query('VACUUM ANALYZE items');
  return made;
}

describe('the time that a plan gives', () => {
  it.each(Object.keys(tables).flatMap((table) => Object.keys(works).map((work) => [table, work] as const)))(
    'holds the time that PostgreSQL takes: %s, %s',
    async (table, work) => {
      const statement = works[work] ?? '';
      const made = await project(tables[table] ?? '', statement);
      const [lock] = (await planOf(made)).revisions[0]?.statements[0]?.locks ?? [];
      expect(lock).toMatchObject({ relation: 'public.items', effect: work });
      const start = performance.now();
      await made.database.query(statement);
      const took = performance.now() - start;
      expect(took, `${lock?.fromMs ?? ''} to ${lock?.toMs ?? ''} ms`).toBeGreaterThanOrEqual(lock?.fromMs ?? Infinity);
      expect(took, `${lock?.fromMs ?? ''} to ${lock?.toMs ?? ''} ms`).toBeLessThanOrEqual((lock?.toMs ?? 0) + busyMs);
    },
    60_000,
  );

  it('is of the whole transaction for what is locked early in it, and unknown where a statement hides it', async () => {
    const made = await createProject({
      '20260101000001_items.sql':
        '-- migrate:up\nCREATE TABLE items AS SELECT g AS a, g AS b FROM generate_series(1, 100000) g;\nCREATE TABLE other (id int);\n',
      '20260101000002_both.sql':
        '-- migrate:up\nALTER TABLE other ADD COLUMN x int;\nALTER TABLE items ALTER COLUMN b TYPE bigint;\n',
      '20260101000003_copied.sql':
        '-- migrate:up\nALTER TABLE other ADD COLUMN y int;\nINSERT INTO other SELECT a FROM items;\n',
    });
    expect((await made.migrate(['upgrade', '+1'])).exitCode).toBe(0);
    const { revisions } = await planOf(made);
    const [first, second] = revisions[0]?.statements.map(({ locks }) => locks[0]) ?? [];
    expect(first).toMatchObject({ relation: 'public.other', toMs: 50 });
    expect(first?.heldToMs).toBe((second?.toMs ?? 0) + 50);
    const [early] = revisions[1]?.statements[0]?.locks ?? [];
    expect(early).toMatchObject({ toMs: 50, heldFromMs: null, heldToMs: null });
    const { stdout } = await made.migrate(['plan']);
    expect(stdout).toMatch(
      /ACCESS EXCLUSIVE on public\.other, for a moment; held to the end of its transaction, between \d+ ms and [\d.]+ s/,
    );
    expect(stdout).toContain('held to the end of its transaction, for a time that is unknown');
  });

  it('rests on the pace at which the database has read, once it has measured it', async () => {
    const made = await project(tables['many narrow rows'] ?? '', works['scan'] ?? '');
    expect((await planOf(made)).readPace).toEqual({ megabytesPerSecond: 50, from: 'assumed' });
    const { database } = made;
    await database.query(`ALTER DATABASE ${database.name} SET track_io_timing = on`);
    const reader = await database.connect();
    // Temporary tables are read past the shared cache, so that the blocks are really asked for.
    await reader.query('CREATE TABLE large AS SELECT repeat(md5(g::text), 60) AS t FROM generate_series(1, 160000) g');
    await reader.query('SELECT count(*) FROM large WHERE t IS NULL');
    await reader.query('SELECT count(*) FROM large WHERE t IS NULL');
    await reader.end();
    await expect.poll(async () => (await planOf(made)).readPace.from, { timeout: 15_000 }).toBe('measured');
    const { stdout } = await made.migrate(['plan']);
    expect(stdout).toMatch(
      /the slow end reads at [\d,]+ MB\/s, the pace that this database has measured \(track_io_timing\)/,
    );
  }, 60_000);

  it('comes with the traffic of the table in the seconds of the plan', async () => {
    const made = await project(tables['many narrow rows'] ?? '', works['build'] ?? '');
    const writer = await made.database.connect();
    const stop = new AbortController();
    const writing = (async () => {
      while (!stop.signal.aborted) {
        await writer.query('INSERT INTO items SELECT g, g FROM generate_series(700001, 700050) g');
        await writer.query('DELETE FROM items WHERE a > 700000');
        await new Promise((done) => setTimeout(done, 20));
      }
    })();
    const [items] = (await planOf(made)).tables;
    stop.abort();
    await writing;
    expect(items?.writesPerSecond).toBeGreaterThan(100);
    expect(items?.readsPerSecond).toBeGreaterThan(0);
  });

  it('counts partitions, TOAST and indexes into the size of a table', async () => {
    const made = await createProject({
      '20260101000001_parts.sql': `-- migrate:up
CREATE TABLE parts (id int, note text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE a PARTITION OF parts FOR VALUES FROM (0) TO (1000);
CREATE TABLE b PARTITION OF parts FOR VALUES FROM (1000) TO (2000);
INSERT INTO parts SELECT g, (SELECT string_agg(md5(g::text || i), '') FROM generate_series(1, 200) i) FROM generate_series(0, 1999) g;
`,
      '20260101000002_work.sql': '-- migrate:up\nALTER TABLE parts ADD COLUMN x int;\n',
    });
    expect((await made.migrate(['upgrade', '+1'])).exitCode).toBe(0);
    await made.database.query('ANALYZE parts');
    const [parts] = (await planOf(made)).tables.filter(({ relation }) => relation === 'public.parts');
    const [size] = await made.database.query(
      "SELECT sum(pg_total_relation_size(relid))::float8 AS bytes, sum(pg_relation_size(relid))::float8 AS main FROM pg_partition_tree('parts') WHERE isleaf",
    );
    expect(parts).toMatchObject({ rows: 2_000, partitions: 2, indexes: 1, bytes: size?.['bytes'] });
    expect(parts?.toastBytes).toBeGreaterThan(10_000_000);
    expect((parts?.tableBytes ?? 0) + (parts?.toastBytes ?? 0) + (parts?.indexBytes ?? 0)).toBe(parts?.bytes);
  });
});
