import { expect, it } from 'vitest';

import { createLaunchSite } from '../support/launcher.ts';
import { runInTerminal } from '../support/terminal/run-in-terminal.ts';
import { tableOf } from '../support/backfill-project.ts';

const files = {
  '20260101000001_items.sql': tableOf(3_000),
  '20260101000002_walk.sql': `-- migrate:up transaction:false
-- migrate:batch table=items size=100
UPDATE items SET touched = touched + 1 WHERE id BETWEEN $1 AND $2 AND pg_sleep(0.001) IS NOT NULL;
`,
};

it('a backfill is told on the terminal of who launched it, pauses when its budget is over, and the next launch goes on', async () => {
  const { launch, launchEnv, directory, database } = await createLaunchSite({ files });
  const { shows, finished, screen } = runInTerminal(
    'launch-migration',
    ['development', '--', 'upgrade', 'head', '--budget', '2500ms'],
    { cwd: directory, env: launchEnv },
  );
  await shows(/statement 1 of 1: backfill of items .*━.* \d+ %/);
  await shows(/^  [\d,]+ of 3,000 rows, [\d.]+ m?s left$/);
  expect(await finished).toBe(10);
  // The terminal breaks long lines wherever they end.
  const text = screen.lines().join('');
  expect(text).toMatch(/The budget of 2\.5 s is over, .*: [\d,]+ of 3,000 rows of "items" are done/);
  expect(text).toContain('! paused, exit code 10: the budget is over, nothing failed, and the next run goes on there');
  expect(text).not.toContain('✗');
  const rest = await launch(['development']);
  expect(rest.exitCode, rest.stderr).toBe(0);
  expect(rest.stderr).toMatch(/The backfill "items" goes on behind \d+: [\d,]+ of 3,000 rows are done\./);
  expect(await database.query('SELECT touched, count(*)::int AS rows FROM items GROUP BY 1')).toEqual([
    { touched: 1, rows: 3_000 },
  ]);
}, 60_000);
