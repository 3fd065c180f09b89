import { describe, expect, it } from 'vitest';

import { readCatalog } from '../../support/catalog.ts';
import { createDatabase } from '../../support/database.ts';
import { faultRevisions } from '../../support/fault-revisions.ts';

import { createProject } from '../../support/migrations.ts';

/** `WUMBO_KILLS=1000 npm test` kills more often. */
const kills = Number(process.env['WUMBO_KILLS'] ?? (process.env['CI'] === 'true' ? 200 : 20));

/** `WUMBO_SEED=12345` kills at the same moments again. */
const seed = Number(process.env['WUMBO_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const random = mulberry32(seed);

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
    await new Promise((done) => setTimeout(done, 80 + random() * 180));
    run.child.kill('SIGKILL');
    await run.finished;
    const rerun = await migrate(['upgrade']);
    expect(rerun.exitCode, `kill ${kill} with WUMBO_SEED=${seed}:\n${rerun.stderr}`).toBe(0);
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

describe('with scripts, COPY and revisions without a transaction', () => {
  it.each([
    ['upgrade', ['upgrade']],
    ['downgrade', ['downgrade', 'base']],
  ] as const)(
    `a killed %s leaves nothing that a rerun does not finish, and nothing twice`,
    async (_name, command) => {
      const { startMigrate, migrate } = await createProject(faultRevisions);
      const template = await createDatabase();
      const goesDown = command[0] === 'downgrade';
      if (goesDown) await migrate(['upgrade'], { env: { DATABASE_URL: template.url } });
      let whole: unknown;
      // The first run is not killed: it shows what the others have to end in, and how long one takes.
      let lasts = 0;
      for (let kill = 0; kill <= Math.ceil(kills / 2); kill += 1) {
        const database = await createDatabase({ template: template.name });
        const env = { DATABASE_URL: database.url };
        const start = performance.now();
        const run = startMigrate(command, { env });
        if (kill > 0) {
          await new Promise((done) => setTimeout(done, 60 + random() * lasts));
          run.child.kill('SIGKILL');
        }
        const first = await run.finished;
        if (kill === 0) lasts = performance.now() - start;
        const rerun = kill === 0 ? first : await migrate(command, { env });
        expect(rerun.exitCode, `kill ${kill} with WUMBO_SEED=${seed}:\n${rerun.stderr}`).toBe(0);
        const left = {
          catalog: await readCatalog(database),
          rows: goesDown
            ? []
            : await database.query('SELECT plain.*, copied.* FROM plain JOIN copied USING (id) ORDER BY 1'),
          journal: await database.query('SELECT * FROM migrations.journal'),
          record: await database.query('SELECT revision, checksum FROM migrations.history ORDER BY sequence'),
          events: await database.query(
            "SELECT event, revision, count(*)::int FROM migrations.events WHERE event <> 'failure' GROUP BY 1, 2 ORDER BY 1, 2",
          ),
        };
        whole ??= left;
        expect(left, `kill ${kill} with WUMBO_SEED=${seed}`).toEqual(whole);
        await database.drop();
      }
    },
    600_000,
  );
});

/** Random numbers from 0 to 1 that a seed repeats (mulberry32, public domain). */
function mulberry32(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
