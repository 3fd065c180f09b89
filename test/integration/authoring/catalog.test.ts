import pg from 'pg';
import { expect, inject, test } from 'vitest';

import type { Catalog } from '../../../src/authoring/catalog/catalog.ts';
import { compareCatalogs } from '../../../src/authoring/catalog/compare-catalogs.ts';
import { readCatalog } from '../../../src/authoring/catalog/read-catalog.ts';
import { changesNotSeen, differencesByOrder } from '../../support/catalog-claims.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

test('one change of every kind is seen, and called by its name', { timeout: 180_000 }, async () => {
  expect(await changesNotSeen(inject('server'))).toEqual([]);
});

test('databases made in opposite orders are equal', async () => {
  expect(await differencesByOrder(inject('server'))).toEqual([]);
});

test('rights of others, a set search_path and quoted names change nothing', async () => {
  const database = await createDatabase();
  await database.query(`CREATE SCHEMA "My Schema"; CREATE TABLE "My Schema"."T 1" ("C 1" int); CREATE TABLE plain ();
    ALTER DATABASE ${database.name} SET search_path = "My Schema", public; ALTER DATABASE ${database.name} SET quote_all_identifiers = on`);
  const catalog = await read(database);
  expect([...catalog.keys()]).toEqual(
    expect.arrayContaining(['table "My Schema"."T 1"', 'column "My Schema"."T 1"."C 1"', 'table public.plain']),
  );
  expect(compareCatalogs(catalog, await read(database))).toEqual([]);
});

async function read({ name }: TestDatabase): Promise<Catalog> {
  const client = new pg.Client({ ...inject('server'), database: name });
  await client.connect();
  try {
    return await readCatalog(client, { ignoredSchemas: [] });
  } finally {
    await client.end();
  }
}
