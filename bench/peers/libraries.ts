import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { packageVersion } from './installed.ts';
import type { Peer } from './peer.ts';

/** A library that needs a program around it: `run-library.mjs` is the shortest one that its documentation suggests. */
function library(name: string, packageName: string, write: Peer['write']): Peer {
  return {
    name,
    source: 'npm',
    version: () => packageVersion(packageName),
    write,
    up: (folder, url) => ({
      program: process.execPath,
      args: [resolve(import.meta.dirname, 'run-library.mjs'), packageName, folder, url],
      cwd: folder,
    }),
  };
}

const writeSql: Peer['write'] = async (folder, revisions) => {
  for (const { id, up } of revisions) await writeFile(join(folder, `${id}_tiny.sql`), `${up}\n`);
};

export const libraries: readonly Peer[] = [
  library('bare umzug', 'umzug', writeSql),
  library('postgres-migrations', 'postgres-migrations', async (folder, revisions) => {
    for (const [index, { id, up }] of revisions.entries())
      await writeFile(join(folder, `${String(index + 1).padStart(5, '0')}_tiny_${id}.sql`), `${up}\n`);
  }),
  library('knex', 'knex', async (folder, revisions) => {
    for (const { id, up, down } of revisions) {
      const text = `export const up = (knex) => knex.raw(${JSON.stringify(up)});\nexport const down = (knex) => knex.raw(${JSON.stringify(down)});\n`;
      await writeFile(join(folder, `${id}_tiny.mjs`), text);
    }
  }),
  library('kysely', 'kysely', async (folder, revisions) => {
    // The modules import kysely from beside this file.
    const sql = JSON.stringify(resolve(import.meta.dirname, 'node_modules/kysely/dist/index.js'));
    for (const { id, up, down } of revisions) {
      const text = `import { sql } from ${sql};\nexport const up = (db) => sql.raw(${JSON.stringify(up)}).execute(db);\nexport const down = (db) => sql.raw(${JSON.stringify(down)}).execute(db);\n`;
      await writeFile(join(folder, `${id}_tiny.mjs`), text);
    }
  }),
  library('drizzle', 'drizzle-orm', async (folder, revisions) => {
    await mkdir(join(folder, 'meta'));
    const entries = revisions.map(({ id }, index) => ({
      idx: index,
      version: '7',
      when: 1_700_000_000_000 + index,
      tag: `${id}_tiny`,
      breakpoints: true,
    }));
    await writeFile(
      join(folder, 'meta/_journal.json'),
      JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    );
    await writeSql(folder, revisions);
  }),
];
