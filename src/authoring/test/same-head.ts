import { compareCatalogs } from '../catalog/compare-catalogs.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { formatDifferences } from '../catalog/format-differences.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { ScratchDatabase } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { Surroundings } from '../surroundings.ts';

/** A database at an earlier revision. */
export interface Start {
  /** Name of the revision, or `base`. */
  readonly at: string;
  readonly database: ScratchDatabase;
}

export interface SameHead {
  readonly starts: readonly Start[];
  readonly expected: Catalog;
  readonly directory: string;
  readonly historySchema: string;
  readonly replay: Surroundings['replay'];
}

/** Upgrades from each start to the head in one run, and says where another schema comes out. */
export async function differentHeads({
  starts,
  expected,
  directory,
  historySchema,
  replay,
}: SameHead): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { at, database } of starts) {
    const { connection } = database;
    try {
      await replay.upgrade({ connection, migrations: directory, target: 'head' });
    } catch (error) {
      problems.push(
        `from ${at} the upgrade to the head fails: ${error instanceof Error ? error.message : String(error)}`,
      );
      continue;
    }
    const found = await withScratchSession(connection, (session) =>
      readCatalog(session, { ignoredSchemas: [historySchema] }),
    );
    const differences = compareCatalogs(expected, found);
    if (differences.length > 0)
      problems.push([`from ${at} the upgrade leads to another schema:`, ...formatDifferences(differences)].join('\n'));
    await database.drop();
  }
  return problems;
}
