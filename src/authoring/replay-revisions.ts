import { quoted } from '../runner/database/record/record-tables.ts';
import { withScratchHint } from './scratch/scratch-hint.ts';
import type { ScratchDatabase, ScratchServer } from './scratch/scratch-server.ts';
import { withScratchSession } from './scratch/scratch-session.ts';
import type { Surroundings } from './surroundings.ts';

export interface ReplayedRevisions {
  readonly directory: string;
  /** The newest revision to apply; `undefined` for none at all. */
  readonly target: string | undefined;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

/**
 * Makes a scratch database with what the revisions build, without the record.
 * @throws AppError, RevisionError: a revision that cannot be applied, named.
 */
export async function replayRevisions(
  server: ScratchServer,
  { directory, target, historySchema, surroundings }: ReplayedRevisions,
): Promise<ScratchDatabase> {
  const database = await server.createDatabase();
  if (target === undefined) return database;
  const { connection } = database;
  await withScratchHint(() => surroundings.replay.upgrade({ connection, migrations: directory, target }));
  await withScratchSession(connection, (session) =>
    session.query(`DROP SCHEMA IF EXISTS ${quoted(historySchema)} CASCADE`),
  );
  return database;
}
