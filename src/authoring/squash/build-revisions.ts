import { quoted } from '../../runner/database/record/record-tables.ts';
import { readRevisionText, type RevisionFile } from '../../runner/files/read-revisions.ts';
import { replayRevisions } from '../replay-revisions.ts';
import type { ScratchDatabase, ScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { Surroundings } from '../surroundings.ts';
import { readRoleNames, readUsedRoles, rolesNamedIn } from './read-roles.ts';
import { readFilledTables, varyingColumns, type FilledTable } from './read-rows.ts';
import { readState, type DatabaseState } from './read-state.ts';

/** What the replaced revisions have built, and what is known of it. */
export interface Built {
  readonly database: ScratchDatabase;
  readonly state: DatabaseState;
  readonly tables: readonly FilledTable[];
  /** Columns whose values are other in every replay. */
  readonly varying: ReadonlySet<string>;
  /** Roles that the revisions make, whether or not they were there. */
  readonly roles: readonly string[];
  /** Takes the database away, and the roles that came with it, so that they can be made once more. */
  readonly forget: (database: ScratchDatabase) => Promise<void>;
}

export interface BuildRevisions {
  readonly directory: string;
  readonly target: string;
  readonly files: readonly RevisionFile[];
  readonly data: 'carried' | 'left out';
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

/**
 * Replays the revisions up to the target, twice when they write rows: what differs then differs by itself. Roles belong to the
 * whole server, which may be somebody's own: only those are taken away in between that were not there before and that the
 * revisions name or their database uses.
 */
export async function buildRevisions(server: ScratchServer, asked: BuildRevisions): Promise<Built> {
  const empty = await server.createDatabase();
  const before = await withScratchSession(empty.connection, readRoleNames);
  const named = rolesNamedIn(asked.files.filter(({ isLarge }) => !isLarge).map(readRevisionText));
  const first = await replayRevisions(server, asked);
  const { tables, roles, made } = await withScratchSession(first.connection, async (session) => {
    const used = await readUsedRoles(session);
    const there = [...(await readRoleNames(session))];
    return {
      tables: await readFilledTables(session),
      roles: there.filter((name) => named.has(name) || (used.has(name) && !before.has(name))),
      made: there.filter((name) => !before.has(name) && (named.has(name) || used.has(name))),
    };
  });
  const forget = async (database: ScratchDatabase): Promise<void> => {
    await database.drop();
    await withScratchSession(empty.connection, async (session) => {
      // One that another database of the server uses by now stays.
      for (const name of made) await session.query(`DROP ROLE IF EXISTS ${quoted(name)}`).catch(() => undefined);
    });
  };
  const isTwice = tables.length > 0 && asked.data === 'carried';
  if (isTwice) await forget(first);
  const database = isTwice ? await replayRevisions(server, asked) : first;
  const again = isTwice ? await withScratchSession(database.connection, readFilledTables) : tables;
  const varying = varyingColumns(again, tables);
  const scope = { ...asked, varying: asked.data === 'carried' ? varying : undefined, roles };
  return { database, tables: again, varying, roles, forget, state: await readState(database, scope) };
}
