import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { databaseLabel, type ConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { readRevisions, type RevisionFile } from '../../runner/files/read-revisions.ts';
import { digestOf, readCatalogFile } from '../catalog/catalog-file.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs } from '../catalog/compare-catalogs.ts';
import { scopeFilter, type CatalogScope } from '../catalog/catalog-scope.ts';
import { notLookedAt, readCatalog } from '../catalog/read-catalog.ts';
import { withLiveSession } from '../live-session.ts';
import { replayRevisions } from '../replay-revisions.ts';
import { isNoScratchServer, withWayOut } from '../scratch/no-scratch-server.ts';
import { withScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { AuthoringAnswer, Surroundings } from '../surroundings.ts';
import { formatDrift } from './format-drift.ts';

export interface FindDrift {
  readonly directory: string;
  readonly live: ConnectionSettings;
  /** Id of the newest revision that the record says is applied; `undefined` at base. */
  readonly current: string | undefined;
  readonly scope: CatalogScope;
  /** A file of `migrate dump --revisions --catalog` in the place of a replay. */
  readonly against: string | undefined;
  /** Also find the statements that end the difference. */
  readonly sql: boolean;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

/**
 * Compares a database with what its applied revisions make, and only reads it. Answers 11 when they differ.
 * @throws AppError for an unreachable database, revisions that cannot be replayed, a file of another state.
 */
export async function findDrift(asked: FindDrift): Promise<AuthoringAnswer<AnswerDocument<'drift'>>> {
  const { live, scope, against, current } = asked;
  const { catalog: actual, version } = await withLiveSession(live, async (session) => ({
    catalog: await readCatalog(session, scope),
    version: (await session.query<{ server_version_num: string }>('SHOW server_version_num')).rows[0],
  }));
  const major = Math.floor(Number(version?.server_version_num) / 10_000);
  const found =
    against === undefined
      ? await compareWithReplay(asked, actual).catch((error: unknown) => {
          throw isNoScratchServer(error) ? withWayOut(error, takeTheCatalogAlong) : error;
        })
      : await compareWithFile(asked, against, actual);
  const document: AnswerDocument<'drift'> = {
    drifted: found.differences.length > 0,
    database: databaseLabel(live),
    revision: current ?? null,
    comparedWith: found.label,
    differences: found.differences.map((difference) => ({
      change: difference.change,
      kind: difference.object.kind,
      name: difference.object.name,
      properties: (difference.change === 'changed' ? difference.properties : []).map((property) => ({
        property: property.property,
        revisions: property.expected ?? null,
        database: property.actual ?? null,
      })),
    })),
    versions: found.majorVersion === major ? null : { revisions: found.majorVersion, database: major },
    sql: found.sql,
    notLookedAt,
  };
  return {
    exitCode: document.drifted ? exitCodes.differenceFound : exitCodes.done,
    text: asked.sql && document.sql !== null ? document.sql.script.trimEnd() : formatDrift(document),
    document,
  };
}

const takeTheCatalogAlong =
  'Write the catalog of the revisions on a laptop or in CI, `migrate dump --revisions --catalog -o catalog.json`, take the file along into the image, and run `migrate drift --against catalog.json`; or name an empty database with --shadow-url.';

interface Comparison {
  readonly label: string;
  readonly majorVersion: number;
  readonly differences: ReturnType<typeof compareCatalogs>;
  readonly sql: AnswerDocument<'drift'>['sql'];
}

async function compareWithReplay(
  { directory, live, current, scope, sql, historySchema, surroundings }: FindDrift,
  actual: Catalog,
): Promise<Comparison> {
  return withScratchServer(surroundings.scratch, async (server) => {
    const replayed = await replayRevisions(server, { directory, target: current, historySchema, surroundings });
    const expected = await withScratchSession(replayed.connection, (session) => readCatalog(session, scope));
    const differences = compareCatalogs(expected, actual);
    if (!sql || differences.length === 0)
      return { label: server.label, majorVersion: server.majorVersion, differences, sql: null };
    const { planWaysOut } = await import('./ways-out.ts');
    return {
      label: server.label,
      majorVersion: server.majorVersion,
      differences,
      sql: await planWaysOut({ server, replayed, live, scope, catalogs: { expected, actual } }),
    };
  });
}

async function compareWithFile(
  { directory, current, scope }: FindDrift,
  file: string,
  actual: Catalog,
): Promise<Comparison> {
  const { catalog, revision, revisions, server } = await readCatalogFile(file);
  const { revisions: files } = await readRevisions(directory);
  refuseOtherState(file, { revision, revisions, current, files });
  const isLeftOut = scopeFilter(scope);
  const expected = new Map([...catalog].filter(([, object]) => !isLeftOut(object)));
  return { label: file, majorVersion: server, differences: compareCatalogs(expected, actual), sql: null };
}

function refuseOtherState(
  file: string,
  {
    revision,
    revisions,
    current,
    files,
  }: {
    readonly revision: string | null;
    readonly revisions: string | null;
    readonly current: string | undefined;
    readonly files: readonly RevisionFile[];
  },
): void {
  const write = `\`migrate dump --revisions --catalog -o ${file} --force\``;
  if (revisions === null)
    throw unfit(`The file ${file} is of a database, not of revisions.`, `Write it with ${write}.`);
  const built = files.filter(({ id }) => revision !== null && id <= revision);
  if (digestOf(built) !== revisions)
    throw unfit(
      `The file ${file} was written from other revisions than those in this folder.`,
      `Write it anew with ${write}.`,
    );
  if ((current ?? null) !== revision)
    throw unfit(
      `The file ${file} is the schema at ${revision ?? 'base'}, and the database is at ${current ?? 'base'}.`,
      `Run \`migrate upgrade\` first, or leave --against away where a scratch server can be had.`,
    );
}

function unfit(message: string, hint: string): AppError {
  return new AppError({ code: 'catalog-of-other-state', exitCode: exitCodes.usage, message, hint });
}
