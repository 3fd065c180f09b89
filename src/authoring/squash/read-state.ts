import { readSchemaFacts, type SchemaFacts } from '../autogenerate/schema-diff.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs } from '../catalog/compare-catalogs.ts';
import { formatDifferences } from '../catalog/format-differences.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { ScratchDatabase } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import { compareFacts, readFacts, type Facts } from './read-facts.ts';
import { readRoleFacts } from './read-roles.ts';
import { readRowDigests } from './read-rows.ts';

/** All by which two databases are compared. */
export interface DatabaseState {
  readonly catalog: Catalog;
  readonly facts: Facts;
  /** By table; `undefined` when rows do not matter. */
  readonly rows: ReadonlyMap<string, string> | undefined;
}

export interface StateScope {
  readonly historySchema: string;
  /** Columns whose values are other in every replay; `undefined`: rows are left aside. */
  readonly varying: ReadonlySet<string> | undefined;
  /** Roles that the revisions make. */
  readonly roles: readonly string[];
}

export function readState(
  { connection }: ScratchDatabase,
  { historySchema, varying, roles }: StateScope,
): Promise<DatabaseState> {
  return withScratchSession(connection, async (session) => ({
    catalog: await readCatalog(session, { ignoredSchemas: [historySchema] }),
    facts: new Map([...(await readFacts(session)), ...(await readRoleFacts(session, roles))]),
    rows: varying && (await readRowDigests(session, varying)),
  }));
}

/** A line for each difference: - is missing, + is extra, ~ is other. */
export function compareStates(expected: DatabaseState, actual: DatabaseState): readonly string[] {
  return [
    ...formatDifferences(compareCatalogs(expected.catalog, actual.catalog)),
    // Sequences of identity columns count on only with the rows that took their values.
    ...compareFacts(comparable(expected), comparable(actual)),
    ...compareFacts(prefixed(expected.rows), prefixed(actual.rows)),
  ];
}

export function readEngineFacts({ connection }: ScratchDatabase): Promise<SchemaFacts> {
  return withScratchSession(connection, readSchemaFacts);
}

function comparable({ facts, rows }: DatabaseState): Facts {
  return rows === undefined ? new Map([...facts].filter(([name]) => !name.startsWith('state of sequence '))) : facts;
}

function prefixed(rows: ReadonlyMap<string, string> | undefined): Facts {
  return new Map([...(rows ?? [])].map(([table, digest]) => [`rows of ${table}`, digest]));
}
