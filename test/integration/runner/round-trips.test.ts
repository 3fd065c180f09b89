import { describe, expect, it, onTestFinished } from 'vitest';

import { startMessageProxy, type MessageProxy } from '../../support/message-proxy.ts';
import { createProject, type MigrationProject } from '../../support/migrations.ts';

const revisions = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `202601010000${String(index + 10)}_t${index}.sql`,
      `-- migrate:up\nCREATE TABLE t${index} (id int);\nCREATE INDEX ON t${index} (id);\n-- migrate:down\nDROP TABLE t${index};\n`,
    ]),
  );

/** How often the client waited for the server in this run. */
async function waits(project: MigrationProject, args: readonly string[]): Promise<number> {
  const proxy = await startProxy(project);
  const { exitCode, stderr } = await project.migrate(args, { env: through(project, proxy) });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return proxy.bursts();
}

describe('round trips', () => {
  it.each([
    ['applied', ['upgrade'], []],
    ['reverted', ['downgrade', 'base'], [['upgrade']]],
  ])('each transactional .sql revision that is %s costs one', async (_, command, before) => {
    const [one, many] = [await createProject(revisions(1)), await createProject(revisions(21))];
    for (const { migrate } of [one, many]) for (const args of before) await migrate(args);
    const difference = (await waits(many, command)) - (await waits(one, command));
    expect(difference).toBe(20);
  });
});

describe('the guards of a revision that goes as one query', () => {
  it('6: a transaction that was ended in the middle is not recorded, and the runner says what stays', async () => {
    const project = await createProject(revisions(1));
    const proxy = await startProxy(project);
    // A revision’s text cannot say this: it is refused when it is read.
    proxy.replaceInQuery('CREATE INDEX ON', 'COMMIT; BEGIN; CREATE INDEX ON');
    const { exitCode, stderr } = await project.migrate(['upgrade'], { env: through(project, proxy) });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('it ended the transaction that the runner had opened');
    expect(stderr).toContain(
      'What ran before that is in the database, but revision 20260101000010_t0 is not recorded.',
    );
    expect(await project.database.query('SELECT revision FROM migrations.history')).toEqual([]);
  });

  it('6: one that gives the lock away is applied, and the run stops after it', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\nSELECT pg_advisory_unlock_all();\n',
      '20260101000002_b.sql': '-- migrate:up\nCREATE TABLE b (id int);\n',
    });
    const { exitCode, stderr } = await migrate(['upgrade']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('it gave away the runner’s lock');
    expect(await database.query('SELECT revision FROM migrations.history')).toEqual([{ revision: '20260101000001' }]);
  });

  it('6: a revision that is gone from the record meanwhile is not reverted', async () => {
    const project = await createProject(revisions(1));
    expect((await project.migrate(['upgrade'])).exitCode).toBe(0);
    const proxy = await startProxy(project);
    proxy.replaceInQuery('DROP TABLE t0', 'DROP TABLE t0; DELETE FROM migrations.history');
    const { exitCode, stderr } = await project.migrate(['downgrade', 'base'], { env: through(project, proxy) });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('was to be reverted but is not in the record');
    expect(await project.database.query("SELECT to_regclass('t0')::text AS t0")).toEqual([{ t0: 't0' }]);
  });

  it('the record, the event log and the run give the revision the same duration', async () => {
    const { migrate, database } = await createProject({
      '20260101000001_a.sql': '-- migrate:up\nSELECT pg_sleep(0.3);\n-- migrate:down\nSELECT 1;\n',
    });
    const { stdout } = await migrate(['upgrade', '--json']);
    const [{ record, event } = { record: 0, event: 0 }] = await database.query<{ record: number; event: number }>(
      "SELECT duration_ms AS record, (detail ->> 'durationMs')::int AS event FROM migrations.history, migrations.events",
    );
    expect(record).toBeGreaterThanOrEqual(300);
    expect(stdout).toContain(
      `"event":"revision.applied","revision":"20260101000001","name":"20260101000001_a","durationMs":${event}`,
    );
    expect(Math.abs(event - record)).toBeLessThan(10);
  });
});

async function startProxy({ database }: MigrationProject): Promise<MessageProxy> {
  const proxy = await startMessageProxy(Number(new URL(database.url).port));
  onTestFinished(proxy.close);
  return proxy;
}

function through({ database }: MigrationProject, { port }: MessageProxy): Readonly<Record<string, string>> {
  const url = new URL(database.url);
  url.port = String(port);
  return { DATABASE_URL: url.href };
}
