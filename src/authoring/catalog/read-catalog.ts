import type { Session } from '../../runner/database/session.ts';
import { catalogKey, type Catalog, type CatalogObject } from './catalog.ts';
import { objectQueries } from './object-queries.ts';
import { relationQueries } from './relation-queries.ts';

export interface CatalogScope {
  /** Schemas to leave out (the record's, and others that nobody's revisions make), with `*` for any characters. */
  readonly ignoredSchemas: readonly string[];
  /** Objects to leave out, by quoted name with their schema, with `*` for any characters: `public.pgbench_*`. */
  readonly ignoredObjects?: readonly string[];
}

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
    // Then the server writes every name with its schema, whatever the database's own setting is.
    await session.query(`SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off`);
    for (const { sql } of [...objectQueries, ...relationQueries]) {
      const { rows } = await session.query<Row>(sql, [ignored]);
      for (const row of rows) {
        const object = toObject(row);
        catalog.set(catalogKey(object), object);
      }
    }
  } finally {
    await session.query('ROLLBACK');
  }
  return withoutIgnored(catalog, scope);
}

/** The catalog without the objects that the scope leaves out by name, and their parts. */
export function withoutIgnored(catalog: Catalog, { ignoredObjects = [] }: CatalogScope): Catalog {
  const patterns = ignoredObjects.map((glob) => new RegExp(globToRegExp(glob)));
  const isIgnored = ({ name, parent }: CatalogObject): boolean =>
    patterns.some((pattern) => pattern.test(name) || (parent !== undefined && pattern.test(parent)));
  return new Map([...catalog].filter(([, object]) => !isIgnored(object)));
}

/** What no comparison of ours sees, in words for people. */
export const notLookedAt: readonly string[] = [
  'rows of tables',
  'the order of columns',
  'owners',
  'roles and their memberships',
  'tablespaces',
  'subscriptions, user mappings and the options of foreign servers',
  'security labels',
  'large objects',
];

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

function globToRegExp(glob: string): string {
  return `^${glob.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`;
}
