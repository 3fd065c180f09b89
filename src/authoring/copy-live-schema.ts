import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import type { ConnectionSettings } from '../runner/database/connection/connection-settings.ts';
import { planChanges, readSchemaFacts } from './autogenerate/schema-diff.ts';
import { compareCatalogs } from './catalog/compare-catalogs.ts';
import { formatDifferences } from './catalog/format-differences.ts';
import { readCatalog, type CatalogScope } from './catalog/read-catalog.ts';
import { withLiveSession } from './live-session.ts';
import type { ScratchDatabase, ScratchServer } from './scratch/scratch-server.ts';
import { withScratchSession } from './scratch/scratch-session.ts';

/**
 * Makes a scratch database with the schema of a live one, which is only read, and makes sure that both are equal.
 * @throws AppError `schema-not-copied` (11) that names what could not be copied.
 */
export async function copyLiveSchema(
  server: ScratchServer,
  live: ConnectionSettings,
  scope: CatalogScope,
): Promise<ScratchDatabase> {
  const copy = await server.createDatabase();
  const changes = planChanges(
    await withScratchSession(copy.connection, readSchemaFacts),
    await withLiveSession(live, readSchemaFacts),
    live.user,
  );
  await withScratchSession(copy.connection, async (session) => {
    await session.query('SET check_function_bodies = off');
    for (const { sql } of changes) await session.query(sql);
    for (const schema of scope.ignoredSchemas)
      await session.query(`DROP SCHEMA IF EXISTS "${schema.replaceAll('"', '""')}" CASCADE`);
  });
  const [expected, actual] = [
    await withLiveSession(live, (session) => readCatalog(session, scope)),
    await withScratchSession(copy.connection, (session) => readCatalog(session, scope)),
  ];
  const differences = compareCatalogs(expected, actual);
  if (differences.length === 0) return copy;
  throw new AppError({
    code: 'schema-not-copied',
    exitCode: exitCodes.differenceFound,
    message: `The schema of ${live.database} on ${live.host} could not be copied to the scratch server exactly:\n${formatDifferences(differences).join('\n')}`,
    hint: 'Nothing was written. `migrate drift` says what differs from the revisions.',
  });
}
