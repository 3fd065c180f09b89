import { describe, expect, it } from 'vitest';

import { project, script, walk } from '../../support/backfill-project.ts';
import type { MigrationProject } from '../../support/migrations.ts';

describe('a backfill that stops', () => {
  /** Fails at the row 55 until the table says that it is mended. */
  const fails = script(
    `size: 10, run: async ({ sql, within }) => { await sql\`UPDATE items SET touched = touched + 1, label = 'x' || 1 / (CASE WHEN id = 55 AND NOT EXISTS (SELECT FROM mended) THEN 0 ELSE 1 END) WHERE \${within}\`; }`,
  );
  const stopped = async (): Promise<MigrationProject> => {
    const made = await project(100, fails);
    await made.database.query('CREATE TABLE mended ()');
    await made.database.query('ALTER TABLE mended ADD COLUMN a int');
    const { exitCode, stderr } = await made.migrate(['upgrade']);
    expect(exitCode, stderr).toBe(10);
    expect(stderr).toContain(
      'The backfill "items" stopped: 50 of 100 rows are done and stay; a rerun goes on behind them.',
    );
    return made;
  };

  it('goes on behind the last batch, which current, history -v and doctor tell of before', async () => {
    const { migrate, database } = await stopped();
    const halfway = 'up, 0 statements finished, backfill of items: 50 of 100 rows';
    expect((await migrate(['current'])).stderr).toContain(`Stopped half-way: 20260101000002 (${halfway}).`);
    expect((await migrate(['history', '-v'])).stdout).toContain(`Half-way: ${halfway}`);
    expect((await migrate(['doctor'])).stdout).toContain(`revision 20260101000002 stopped half-way (${halfway})`);
    await database.query('INSERT INTO mended VALUES (1)');
    const rerun = await migrate(['upgrade']);
    expect(rerun.stderr).toContain('The backfill "items" goes on behind 50: 50 of 100 rows are done.');
    expect(rerun.exitCode).toBe(0);
    expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY 1')).toEqual([
      { touched: 1, rows: 100 },
    ]);
    expect((await migrate(['current'])).stderr).not.toContain('half-way');
  });

  it('keeps what it builds on: a downgrade below it is refused until a stamp forgets its place', async () => {
    const { migrate, database } = await stopped();
    const refused = await migrate(['downgrade', 'base']);
    expect(refused.exitCode).toBe(10);
    expect(refused.stderr).toContain('Revision 20260101000002 is half-way');
    expect((await migrate(['stamp', '20260101000001', '--reason', 'given up'])).exitCode).toBe(0);
    expect(await database.query('SELECT * FROM migrations.backfills')).toEqual([]);
    const reverted = await migrate(['downgrade', 'base']);
    expect(reverted.exitCode, reverted.stderr).toBe(0);
  });

  it('begins again at the first row when the person who edited it says so', async () => {
    const { migrate, database, write, lock } = await stopped();
    await database.query('INSERT INTO mended VALUES (1)');
    await write(`${walk}.ts`, `${fails}// edited\n`);
    await lock();
    expect((await migrate(['upgrade'])).exitCode).toBe(10);
    const { exitCode, stderr } = await migrate(['upgrade'], { env: { MIGRATE_EDITED_BACKFILL: 'restart' } });
    expect(exitCode, stderr).toBe(0);
    expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY 1 ORDER BY 1')).toEqual([
      { touched: 1, rows: 50 },
      { touched: 2, rows: 50 },
    ]);
  });
});

describe('--budget', () => {
  it('pauses between two batches, says that nothing failed, and the next run goes on there', async () => {
    const slow = script(
      `size: 10, run: async ({ sql, within }) => { await sql\`UPDATE items SET touched = touched + 1 WHERE \${within}\`; await sql\`SELECT pg_sleep(0.2)\`; }`,
    );
    const { migrate, database } = await project(60, slow);
    const first = await migrate(['upgrade', '--budget', '300ms']);
    expect(first.exitCode).toBe(10);
    expect(first.stderr).toMatch(
      /warning: The budget of 300 ms is over, and the backfill of 20260101000002_walk paused between two batches: [1-5]0 of 60 rows of "items" are done\. Nothing failed, and the next run goes on there\./,
    );
    expect(first.stderr).not.toMatch(/failed at|✗|error:/);
    let runs = 1;
    for (let code: number | null = 10; code === 10; runs += 1)
      code = (await migrate(['upgrade'], { env: { MIGRATE_BUDGET: '300ms' } })).exitCode;
    expect(runs).toBeGreaterThan(2);
    expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY 1')).toEqual([
      { touched: 1, rows: 60 },
    ]);
    expect(await database.query("SELECT 1 FROM migrations.events WHERE event = 'failure'")).toEqual([]);
  }, 60_000);
});
