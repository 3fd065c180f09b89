import { expect, it } from 'vitest';

import { createProject } from '../../support/migrations.ts';

/** `WUMBO_KILLS=1000 npm test` kills more often. */
const kills = Number(process.env['WUMBO_KILLS'] ?? (process.env['CI'] === 'true' ? 200 : 20));

const revisions = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => {
    const id = `202601010000${String(index + 10)}`;
    if (index % 4 === 3) {
      const up = `CREATE INDEX CONCURRENTLY IF NOT EXISTS i_${index} ON t_${index - 1} (id);`;
      return [
        `${id}_index_${index}.sql`,
        `-- migrate:up transaction:false\n${up}\n-- migrate:down\nDROP INDEX i_${index};\n`,
      ];
    }
    const up = `CREATE TABLE t_${index} AS SELECT g AS id FROM generate_series(1, 2000) g;`;
    return [`${id}_table_${index}.sql`, `-- migrate:up\n${up}\n-- migrate:down\nDROP TABLE t_${index};\n`];
  }),
);

it(`a runner that is killed at a random moment (${kills} times) leaves nothing that a rerun does not finish`, async () => {
  const { startMigrate, migrate, database } = await createProject(revisions);
  for (let kill = 0; kill < kills; kill += 1) {
    await database.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS migrations CASCADE');
    const run = startMigrate(['upgrade']);
    await new Promise((done) => setTimeout(done, 80 + Math.random() * 180));
    run.child.kill('SIGKILL');
    await run.finished;
    const rerun = await migrate(['upgrade']);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    expect(
      await database.query(
        'SELECT count(*)::int AS n, count(DISTINCT revision)::int AS distinct FROM migrations.history',
      ),
    ).toEqual([{ n: 12, distinct: 12 }]);
    expect(await database.query('SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid')).toEqual([]);
    expect(
      await database.query("SELECT count(*)::int AS n FROM pg_class WHERE relname ~ '^i_' AND relkind = 'i'"),
    ).toEqual([{ n: 3 }]);
  }
}, 600_000);
