import { expect, it } from 'vitest';

import { createProject, threeRevisions } from '../../support/migrations.ts';

const revisions = {
  ...threeRevisions,
  '20260101000004_slow.sql': '-- migrate:up\nSELECT pg_sleep(0.7);\n-- migrate:down\nSELECT 1;\n',
  '20260101000005_concurrently.sql':
    '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY accounts_id_email ON accounts (id, email);\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY accounts_id_email;\n',
  '20260101000006_script.ts':
    "export const up = async ({ sql }) => { await sql`INSERT INTO accounts VALUES (1, 'a')`; };\nexport const down = async ({ sql }) => { await sql`DELETE FROM accounts`; };\n",
} as const;
const names = Object.keys(revisions).map((name) => name.slice(0, 14));

it('twenty at once, readers and a killed holder among them: each revision once, no deadlock, no INVALID index', async () => {
  const { migrate, startMigrate, database } = await createProject(revisions);
  const holder = startMigrate(['upgrade']);
  await holder.said('applied 20260101000003');
  const crowd = Array.from({ length: 20 }, (_, index) => {
    const command = ['upgrade', 'check', 'current', 'upgrade'][index % 4] ?? 'upgrade';
    return migrate([command]).then(({ exitCode, stderr }) => ({ command, exitCode, stderr }));
  });
  await new Promise((done) => setTimeout(done, 300));
  holder.child.kill('SIGKILL');
  for (const { command, exitCode, stderr } of await Promise.all(crowd))
    expect(command === 'check' ? [0, 3] : [0], `${command} ended with ${exitCode}: ${stderr}`).toContain(exitCode);
  expect(await database.query('SELECT revision FROM migrations.history ORDER BY sequence')).toEqual(
    names.map((revision) => ({ revision })),
  );
  expect(await database.query("SELECT count(*)::int AS n FROM migrations.events WHERE event = 'upgrade'")).toEqual([
    { n: 6 },
  ]);
  expect(await database.query('SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid')).toEqual([]);
  expect(await database.query('SELECT * FROM accounts')).toEqual([{ id: 1, email: 'a' }]);
});

it('ten that go up and ten that go down at once: whatever the order, the events alternate and end where the record is', async () => {
  const { migrate, database } = await createProject(revisions);
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) => migrate(index % 2 === 0 ? ['upgrade'] : ['downgrade', 'base'])),
  );
  expect(results.map(({ exitCode, stderr }) => (exitCode === 0 ? '' : stderr)).join('')).toBe('');
  const events = await database.query<{ event: string; revision: string }>(
    'SELECT event, revision FROM migrations.events ORDER BY id',
  );
  const present = new Set<string>();
  for (const { event, revision } of events) {
    expect(present.has(revision)).toBe(event === 'downgrade');
    if (event === 'upgrade') present.add(revision);
    else present.delete(revision);
  }
  const recorded = await database.query<{ revision: string }>('SELECT revision FROM migrations.history ORDER BY 1');
  expect(recorded.map(({ revision }) => revision)).toEqual([...present].toSorted());
  expect(await database.query('SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid')).toEqual([]);
});
