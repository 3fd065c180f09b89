import type { ConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import { readableSql } from '../autogenerate/readable-sql.ts';
import { planChanges, readSchemaFacts, type SchemaChange, type SchemaFacts } from '../autogenerate/schema-diff.ts';
import type { CatalogScope } from '../catalog/catalog-scope.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs } from '../catalog/compare-catalogs.ts';
import { formatDifferences } from '../catalog/format-differences.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { ScratchDatabase, ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import { placeStatements } from './dump-groups.ts';
import { orderByRunning, type DumpPart } from './order-by-running.ts';

/** A schema as SQL, and what of it is not in there. */
export interface WrittenSchema {
  readonly parts: readonly { readonly group: string; readonly text: string }[];
  /** None: the SQL was run in an empty database and made the same catalog. */
  readonly objections: readonly string[];
}

export interface SchemaToWrite {
  readonly facts: SchemaFacts;
  readonly catalog: Catalog;
  readonly owner: ConnectionSettings['user'];
  readonly scope: CatalogScope;
  /** Changes the statements before they are put in order. */
  readonly arrange?: (changes: readonly SchemaChange[]) => readonly SchemaChange[];
}

/** Writes the schema as SQL in a stable order, runs it in an empty scratch database and compares what came of it. */
export async function writeSql(
  server: ScratchServer,
  { facts, catalog, owner, scope, arrange = (changes) => changes }: SchemaToWrite,
): Promise<WrittenSchema> {
  const empty = await server.createDatabase();
  const nothing = await withScratchSession(empty.connection, readSchemaFacts);
  const ignored = new Set(scope.ignoredSchemas);
  const changes = planChanges(nothing, facts, owner).filter(
    ({ touches }) => !touches.some(({ kind, schema, name }) => ignored.has((kind === 'schema' ? name : schema) ?? '')),
  );
  const { parts, refused } = await withScratchSession(empty.connection, (session) =>
    orderByRunning(session, placeStatements(arrange(changes))),
  );
  const made = await catalogOf(empty, scope);
  const differences = compareCatalogs(catalog, made);
  const readable = await withScratchSession(empty.connection, readableSql);
  await empty.drop();
  return {
    parts: parts.map((part) => ({ group: part.group, text: formatPart(part, readable) })),
    objections: [
      ...refused.map((text) => `Not in it, since PostgreSQL refuses it: ${text}`),
      ...formatDifferences(differences),
    ],
  };
}

function catalogOf({ connection }: ScratchDatabase, scope: CatalogScope): Promise<Catalog> {
  return withScratchSession(connection, (session) => readCatalog(session, scope));
}

function formatPart({ group, statements }: DumpPart, readable: (sql: string) => string): string {
  const lines: string[] = [];
  let object: string | undefined;
  for (const statement of statements) {
    if (object !== undefined && (statement.object !== object || statement.sql.includes('\n'))) lines.push('');
    object = statement.object;
    lines.push(`${readable(statement.sql.replace(/;?\s*$/, ''))};`);
  }
  // A body may speak of what comes later; the server need not look into it yet.
  const first = group === 'functions' ? ['SET check_function_bodies = off;', ''] : [];
  return `${[`-- ${group}`, ...first, ...lines].join('\n')}\n`;
}
