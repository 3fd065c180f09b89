import { describe, expect, it } from 'vitest';

import { tableOf, walk } from '../../support/backfill-project.ts';
import { createProject } from '../../support/migrations.ts';

describe('a -- migrate:batch statement', () => {
  const sqlWalk = (
    marker: string,
    statement: string,
    head = '-- migrate:up transaction:false',
  ): Record<string, string> => ({
    '20260101000001_items.sql': tableOf(1_000),
    [`${walk}.sql`]: `${head}\nSELECT 1;\n\n${marker}\n${statement};\n-- migrate:down\nSELECT 1;\n`,
  });

  it('is run for one range of keys after the other', async () => {
    const files = sqlWalk(
      '-- migrate:batch table=items size=100',
      'UPDATE items SET touched = touched + 1 WHERE id BETWEEN $1 AND $2',
    );
    const { migrate, database } = await createProject(files);
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode, stderr).toBe(0);
    expect(
      await database.query(
        'SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS batches FROM items WHERE touched = 1',
      ),
    ).toEqual([{ rows: 1_000, batches: 10 }]);
    const printed = await migrate(['upgrade', 'base:head', '--sql']);
    expect(printed.stdout).toContain('works in batches, which only the runner can do: run it with migrate upgrade');
  });

  it.each([
    [
      'an unknown option',
      '-- migrate:batch table=items rows=3',
      'WHERE id BETWEEN $1 AND $2',
      ':4:30: unknown option "rows=3".',
    ],
    [
      'no table',
      '-- migrate:batch size=3',
      'WHERE id BETWEEN $1 AND $2',
      ':4:1: "migrate:batch" does not say which table.',
    ],
    [
      'a size that is none',
      '-- migrate:batch table=items size=many',
      'WHERE id BETWEEN $1 AND $2',
      ':4:30: "size=many" is no number of rows',
    ],
    [
      'a statement that would change all rows',
      '-- migrate:batch table=items',
      'WHERE id >= $1',
      ':5:1: the statement under "-- migrate:batch" does not use $2, so it is not limited to the rows of a batch.',
    ],
    [
      'two keys and two parameters',
      '-- migrate:batch table=items key=a,b',
      'WHERE id BETWEEN $1 AND $2',
      ':5:1: the statement under "-- migrate:batch" does not use $3',
    ],
    [
      'a second marker',
      '-- migrate:batch table=items\n-- migrate:batch table=items',
      'WHERE id BETWEEN $1 AND $2',
      ':5:1: a second "-- migrate:batch" above the same statement.',
    ],
  ])('with %s is refused before anything runs', async (_what, marker, where, message) => {
    const { migrate, database } = await createProject(sqlWalk(marker, `UPDATE items SET touched = 1 ${where}`));
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(stderr).toContain(`migrations/${walk}.sql${message}`);
    expect(exitCode).toBe(2);
    expect(await database.query("SELECT 1 FROM pg_tables WHERE tablename = 'items'")).toEqual([]);
  });

  it.each([
    [
      'in one transaction',
      sqlWalk('-- migrate:batch table=items', 'UPDATE items SET touched = $1 + $2', '-- migrate:up'),
      ':4:1: "-- migrate:batch" in a section that is one transaction.',
    ],
    [
      'above no statement',
      sqlWalk('SELECT 2;\n-- migrate:batch table=items', '-- nothing\n'),
      ':5:1: "-- migrate:batch" stands above no statement.',
    ],
    [
      'inside a statement',
      sqlWalk('UPDATE items\n-- migrate:batch table=items', 'SET touched = $1 + $2'),
      ':5:1: "-- migrate:batch" stands inside a statement.',
    ],
    [
      'above a statement that changes no rows',
      sqlWalk('-- migrate:batch table=items', 'VACUUM items'),
      ':5:1: VACUUM cannot run in batches.',
    ],
    [
      'written nearly right',
      sqlWalk('--migrate : batch table=items', 'UPDATE items SET touched = $1 + $2'),
      ':4:1: "--migrate : batch table=items" is nearly a marker.',
    ],
  ])('%s is refused', async (_what, files, message) => {
    const { migrate } = await createProject(files);
    expect((await migrate(['upgrade'])).stderr).toContain(`migrations/${walk}.sql${message}`);
  });

  it('that fails names its line, and goes on behind what was done', async () => {
    const statement = 'UPDATE items SET touched = touched + 1, label = 1 / (500 - id)\nWHERE id BETWEEN $1 AND $2';
    const { migrate, database } = await createProject(sqlWalk('-- migrate:batch table=items size=100', statement));
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(10);
    expect(stderr).toContain(`migrations/${walk}.sql:5:1: division by zero`);
    expect(await database.query('SELECT count(*)::int AS n FROM items WHERE touched = 1')).toEqual([{ n: 400 }]);
    await database.query('DELETE FROM items WHERE id = 500');
    const rerun = await migrate(['upgrade']);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    expect(await database.query('SELECT touched, count(*)::int AS n FROM items GROUP BY 1')).toEqual([
      { touched: 1, n: 999 },
    ]);
  });
});
