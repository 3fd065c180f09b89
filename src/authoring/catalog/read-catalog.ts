import type { Session } from '../../runner/database/connection/session.ts';
import { globToRegExp, scopeFilter, type CatalogScope } from './catalog-scope.ts';
import { catalogKey, type Catalog, type CatalogObject } from './catalog.ts';
import { objectQueries } from './object-queries.ts';
import { relationQueries } from './relation-queries.ts';
import { routineQueries } from './routine-queries.ts';
import { tableQueries } from './table-queries.ts';
import { typeQueries } from './type-queries.ts';

export type { CatalogScope } from './catalog-scope.ts';

/**
 * Reads what the database holds, from one snapshot and read only: schemas, extensions, types, functions, tables with all
 * their parts, views, grants, comments. Not looked at: see {@link notLookedAt}.
 * @throws the server's error.
 */
export async function readCatalog(session: Session, scope: CatalogScope): Promise<Catalog> {
  const ignored = scope.ignoredSchemas.map(globToRegExp);
  const catalog = new Map<string, CatalogObject>();
  await session.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    // Then the server writes every name with its schema, whatever the database's own setting is. The query is large and quick:
    // compiling it would take longer than running it.
    await session.query(`SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; SET LOCAL jit = off`);
    const { rows: versions } = await session.query<{ server_version_num: string }>('SHOW server_version_num');
    const { rows } = await session.query<Row>(
      catalogSql(Math.floor(Number(versions[0]?.server_version_num) / 10_000)),
      [ignored],
    );
    for (const row of rows) {
      const object = toObject(row);
      catalog.set(catalogKey(object), object);
    }
  } finally {
    await session.query('ROLLBACK');
  }
  return withoutIgnored(catalog, scope);
}

/** The catalog without the objects that the scope leaves out by name, and their parts. */
export function withoutIgnored(catalog: Catalog, scope: CatalogScope): Catalog {
  const isIgnored = scopeFilter(scope);
  return new Map([...catalog].filter(([, object]) => !isIgnored(object)));
}

/** What no comparison of ours sees, in words for people. */
export const notLookedAt: readonly string[] = [
  'rows of tables, and whether a materialized view holds any',
  'the order of columns',
  'owners, and who granted a right',
  'roles and their memberships',
  'tablespaces',
  'subscriptions and user mappings',
  'security labels',
  'large objects',
  'settings, rights and comment of the database itself',
  'what was changed in objects that an extension brought',
  'names of NOT NULL constraints, and whether an inherited column is also the child’s own',
];

/** All families of objects in one query: one round trip, one plan. */
function catalogSql(version: number): string {
  return [...objectQueries, ...typeQueries, ...routineQueries, ...relationQueries, ...tableQueries]
    .map((query) => `SELECT * FROM (${query(version)}) AS family(kind, name, parent, properties)`)
    .join('\nUNION ALL\n');
}

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly parent: string | null;
  readonly properties: Readonly<Record<string, string | null>>;
}

function toObject({ kind, name, parent, properties }: Row): CatalogObject {
  const known = Object.entries(properties).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return { kind, name, ...(parent === null ? {} : { parent }), properties: Object.fromEntries(known) };
}
