import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { compare, type Contender } from '../compare.ts';
import { execute, type Command } from '../measure.ts';
import { comparisonTable, type Bench, type Part, type Table } from '../part.ts';
import { alembics, writeAlembicProject } from '../peers/alembic.ts';
import { createTable, modelOf } from './large-schema.ts';

const program = resolve(import.meta.dirname, '../../dist/migrate.js');
const engine = resolve(import.meta.dirname, '../peers/run-pg-delta.mjs');
const amounts = {
  full: { counts: [50, 1_000, 5_000], rounds: 3 },
  quick: { counts: [50], rounds: 1 },
  tiny: { counts: [2], rounds: 1 },
};
const autogenerate = 'migrate revision --autogenerate';

/** What people and CI wait for before anything reaches a server. */
export const authoring: Part = {
  name: 'authoring',
  about:
    'revision --autogenerate, test and drift on schemas of 50, 1,000 and 5,000 tables, beside pg-delta and Alembic',
  run: async (bench) => {
    const { counts, rounds } = amounts[bench.size];
    const tables: Table[] = [];
    for (const count of counts) {
      const results = await compare(await contendersFor(bench, count), { rounds });
      const title = `Authoring, ${count.toLocaleString('en')} tables`;
      const about =
        'Tables of five columns, an index and a foreign key; the desired schema has one column more. autogenerate replays the revisions and the desired schema on a scratch server and proves its answer there; test goes up, down and up; drift replays and compares with a live database: starting and removing the scratch server is included, what it uses itself of CPU and memory is not. The bare engine and Alembic only compare with a database that is there.';
      tables.push(comparisonTable({ title, about }, results, autogenerate));
    }
    return { tables, figures: {} };
  },
};

async function contendersFor({ server, peers, folder }: Bench, count: number): Promise<readonly Contender[]> {
  const home = await folder(`schema_${count}`);
  const database = `schema_${count}`;
  const migrate = (...args: readonly string[]): Command => ({
    program: process.execPath,
    args: [program, ...args],
    cwd: home,
    env: { DATABASE_URL: server.url(database) },
  });
  await writeProject(home, count);
  await execute(migrate('lock'));
  // What is, what was changed by hand, and what is wanted.
  await server.recreate(database);
  await execute(migrate('upgrade'));
  const wanted = `wanted_${count}`;
  await server.recreate(wanted);
  await server.query(wanted, await readFile(join(home, 'schema/all.sql'), 'utf8'));
  const found = { allowed: [11] };
  const contenders: Contender[] = [
    { name: autogenerate, command: () => ({ ...migrate('revision', '--autogenerate', '--check'), ...found }) },
    {
      name: 'bare pg-delta',
      command: () => ({ program: process.execPath, args: [engine, server.url(database), server.url(wanted)] }),
    },
  ];
  // A database of its own: Alembic makes a table in it, which is drift.
  const migrated = `alembic_${count}`;
  await server.recreate(migrated, database);
  for (const [index, alembic] of alembics.entries()) {
    if (!peers.some(({ name }) => name === alembic.name)) continue;
    const project = await folder(`alembic_${index}_${count}`);
    await writeAlembicProject(
      project,
      Array.from({ length: count }, (_, table) => modelOf(table)),
    );
    contenders.push({
      name: `${alembic.name} revision --autogenerate`,
      prepare: () => rm(join(project, 'versions'), { recursive: true }).then(() => mkdir(join(project, 'versions'))),
      command: () => alembic.command(project, server.url(migrated), ['revision', '--autogenerate', '-m', 'more']),
      inspect: () => expectOneRevision(join(project, 'versions')),
    });
  }
  contenders.push(
    { name: 'migrate test', command: () => migrate('test') },
    { name: 'migrate drift', command: () => migrate('drift') },
  );
  return contenders;
}

async function writeProject(home: string, count: number): Promise<void> {
  await mkdir(join(home, 'migrations'), { recursive: true });
  await mkdir(join(home, 'schema'), { recursive: true });
  const ddl = Array.from({ length: count }, (_, index) => createTable(index)).join('\n');
  const down = Array.from({ length: count }, (_, index) => `DROP TABLE account_${index};`)
    .toReversed()
    .join('\n');
  const revision = `-- migrate:up\n${ddl}\n\n-- migrate:down\n${down}\n`;
  await writeFile(join(home, 'migrations/20260101000000_all.sql'), revision);
  await writeFile(join(home, 'schema/all.sql'), ddl.replace('note text', 'note text, extra int'));
}

/** A tool that finds nothing measures nothing. */
async function expectOneRevision(versions: string): Promise<void> {
  const files = (await readdir(versions)).filter((name) => name.endsWith('.py'));
  if (files.length !== 1) throw new Error(`it wrote ${files.length} revisions`);
}
