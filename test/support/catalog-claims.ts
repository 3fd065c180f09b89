import { randomBytes } from 'node:crypto';
import pg from 'pg';

import type { Catalog } from '../../src/authoring/catalog/catalog.ts';
import { compareCatalogs } from '../../src/authoring/catalog/compare-catalogs.ts';
import { formatDifferences } from '../../src/authoring/catalog/format-differences.ts';
import { readCatalog } from '../../src/authoring/catalog/read-catalog.ts';
import type { ServerAddress } from '../../src/embedded-postgres/server.ts';
import type { Session } from '../../src/runner/database/connection/session.ts';
import { catalogChanges } from './catalog-changes.ts';
import { richSchema } from './rich-schema.ts';

/** The changes that a comparison on this server does not show as it should, with what it shows instead. */
export async function changesNotSeen(server: ServerAddress): Promise<readonly string[]> {
  return withDatabase(server, { name: newName() }, async (base) => {
    await inSomeOrder(base, richSchema);
    const version = Math.floor(
      Number((await base.query('SHOW server_version_num')).rows[0].server_version_num) / 10_000,
    );
    const before = await read(base);
    await base.query('SET allow_system_table_mods = on');
    const unseen: string[] = [];
    for (const [change, shown, from = 0] of catalogChanges) {
      if (version < from) continue;
      const found = await differencesAfter(base, change, before).catch((error: unknown) => String(error));
      if (!shown.test(found)) unseen.push(`${change}: ${found === '' ? 'nothing is seen' : found}`);
    }
    return unseen;
  });
}

/** Makes the change in a transaction and takes it back: a copy of the database for each would take minutes. */
async function differencesAfter(client: pg.Client, change: string, before: Catalog): Promise<string> {
  const inner: Readonly<Record<string, string>> = { BEGIN: 'SAVEPOINT inner_one', ROLLBACK: 'ROLLBACK TO inner_one' };
  const query = (sql: string, values?: unknown[]): unknown =>
    client.query(inner[sql.split(' ')[0] ?? ''] ?? sql, values);
  await client.query('BEGIN');
  try {
    await client.query(change);
    const after = await readCatalog({ query } as unknown as Session, { ignoredSchemas: [] });
    return formatDifferences(compareCatalogs(before, after)).join('\n');
  } finally {
    await client.query('ROLLBACK');
  }
}

/** What differs between the rich schema and itself, made in the opposite order. */
export async function differencesByOrder(server: ServerAddress): Promise<readonly string[]> {
  const catalogs: Catalog[] = [];
  for (const statements of [richSchema, richSchema.toReversed()])
    await withDatabase(server, { name: newName() }, async (client) => {
      await inSomeOrder(client, statements);
      catalogs.push(await read(client));
    });
  const [one = new Map(), other = new Map()] = catalogs;
  return formatDifferences(compareCatalogs(one, other));
}

/** Runs the statements in their order; those that need a later one are tried again after it. */
export async function inSomeOrder(client: Pick<pg.Client, 'query'>, statements: readonly string[]): Promise<void> {
  let left = statements;
  while (left.length > 0) {
    const failed: { readonly statement: string; readonly error: unknown }[] = [];
    for (const statement of left)
      await client.query(statement).catch((error: unknown) => failed.push({ statement, error }));
    if (failed.length === left.length) throw failed[0]?.error;
    left = failed.map(({ statement }) => statement);
  }
}

async function withDatabase<T>(
  server: ServerAddress,
  { name }: { readonly name: string },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const admin = new pg.Client({ ...server, database: 'postgres' });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  const client = new pg.Client({ ...server, database: name });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
}

function newName(): string {
  return `catalog_${randomBytes(6).toString('hex')}`;
}

function read(client: pg.Client): Promise<Catalog> {
  return readCatalog(client, { ignoredSchemas: [] });
}
