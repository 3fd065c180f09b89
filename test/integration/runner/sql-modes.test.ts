import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { readCatalog, readHistoryRows } from '../../support/catalog.ts';
import { onServer } from '../../support/database.ts';
import { faultRevisions } from '../../support/fault-revisions.ts';
import { createProject, type MigrationProject } from '../../support/migrations.ts';
import { missingPsql, runPsql } from '../../support/psql.ts';

const psqlIsMissing = await missingPsql();
const transactional = Object.fromEntries(
  Object.entries(faultRevisions).filter(([, text]) => !text.includes('transaction:false')),
);

/** What both ways must leave: schema and owners, data, record, journal, and the events but for where and how long. */
async function left({ database }: MigrationProject): Promise<unknown> {
  const tables = ['plain', 'copied'];
  const found = await database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('${tables.join("','")}')`,
  );
  return {
    catalog: await readCatalog(database),
    owners: await database.query(
      "SELECT relname, relowner::regrole::text LIKE 'owner%' AS owned FROM pg_class WHERE relnamespace::regnamespace::text IN ('public', 'migrations') ORDER BY 1",
    ),
    data: await Promise.all(found.map(({ name }) => database.query(`SELECT * FROM ${name} ORDER BY id`))),
    record: await readHistoryRows(database),
    journal: await database.query('SELECT * FROM migrations.journal'),
    events: await database.query("SELECT event, revision, detail->>'name' AS name FROM migrations.events ORDER BY id"),
  };
}

/** Both ways of one command line, each on a project of its own that stands where the other one does. */
async function bothWays(
  [online, offline]: readonly [MigrationProject, MigrationProject],
  args: readonly string[],
): Promise<void> {
  const { exitCode, stdout, stderr } = await offline.migrate([...args, '--sql']);
  expect({ exitCode, stderr: stderr.replace('filling\n', '') }).toEqual({ exitCode: 0, stderr: '' });
  expect(await runPsql(offline.database, stdout)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await online.migrate(args)).toMatchObject({ exitCode: 0 });
  expect(await left(offline)).toEqual(await left(online));
}

describe.skipIf(psqlIsMissing !== undefined)(
  'the script of --sql, run by psql, leaves what the online run leaves',
  () => {
    it('--atomic, up and down', async () => {
      const projects = [await createProject(transactional), await createProject(transactional)] as const;
      await bothWays(projects, ['upgrade', '--atomic']);
      await bothWays(projects, ['downgrade', 'base', '--atomic']);
    });

    it('--atomic with a failure in the last revision: nothing', async () => {
      const files = { ...transactional, '20260101000009_wrong.sql': '-- migrate:up\nSELECT 1 / 0;\n' };
      const [online, offline] = [await createProject(files), await createProject(files)];
      const { stdout } = await offline.migrate(['upgrade', '--atomic', '--sql']);
      expect(await runPsql(offline.database, stdout)).toMatchObject({ exitCode: 3 });
      expect(await online.migrate(['upgrade', '--atomic'])).toMatchObject({ exitCode: 6 });
      expect(await readCatalog(offline.database)).toEqual(await readCatalog(online.database));
      expect(await readHistoryRows(offline.database)).toEqual([]);
      expect(await offline.database.query("SELECT FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
    });

    it.each([
      ['--role, of every kind of revision', [], faultRevisions],
      ['--role and --atomic', ['--atomic'], transactional],
    ])('%s: owners too, up and down', async (_name, flags, files) => {
      const projects = [await createProject(files), await createProject(files)] as const;
      const owner = `owner_${projects[0].database.name}`;
      await onServer((client) => client.query(`CREATE ROLE ${owner}`));
      for (const { database } of projects) await database.query(`GRANT CREATE ON SCHEMA public TO ${owner}`);
      await bothWays(projects, ['upgrade', '--role', owner, ...flags]);
      expect(
        await projects[1].database.query("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"),
      ).toEqual([{ tableowner: owner }]);
      await bothWays(projects, ['downgrade', 'base', '--role', owner, ...flags]);
      for (const { database } of projects) await database.query(`DROP OWNED BY ${owner}`);
      await onServer((client) => client.query(`DROP ROLE ${owner}`));
    });

    it('the stored body reverts a revision whose file is gone', async () => {
      const projects = [await createProject(faultRevisions), await createProject(faultRevisions)] as const;
      for (const { migrate, migrations, lock } of projects) {
        expect((await migrate(['upgrade'])).exitCode).toBe(0);
        for (const name of ['20260101000004_copy.sql', '20260101000005_slow.sql']) await rm(join(migrations, name));
        await lock();
      }
      await bothWays(projects, ['downgrade', '-2']);
      expect((await projects[1].migrate(['check'])).exitCode).toBe(0);
    });
  },
);
