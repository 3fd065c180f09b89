import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { readRevisions, type RevisionFolder } from '../runner/files/read-revisions.ts';
import { autogenerate, type Decisions, type Proposal } from './autogenerate/autogenerate.ts';
import type { AnswerDocument } from '../runner/documents/documents.ts';
import { describeProposal } from './autogenerate/describe-proposal.ts';
import { readableSql } from './autogenerate/readable-sql.ts';
import { readSchemaTexts, type SchemaSource } from './autogenerate/read-schema-texts.ts';
import type { SchemaText } from './autogenerate/load-schema.ts';
import { filesOf, withFolderCopy, writeFiles, type NewRevisionFile } from './autogenerate/write-proposal.ts';
import type { Catalog } from './catalog/catalog.ts';
import { compareCatalogs } from './catalog/compare-catalogs.ts';
import { formatDifferences } from './catalog/format-differences.ts';
import { readCatalog } from './catalog/read-catalog.ts';
import { copyLiveSchema } from './copy-live-schema.ts';
import { withScratchHint } from './scratch/scratch-hint.ts';
import { withScratchServer, type ScratchDatabase, type ScratchServer } from './scratch/scratch-server.ts';
import { withScratchSession } from './scratch/scratch-session.ts';
import type { AuthoringAnswer, Surroundings } from './surroundings.ts';
import type { ConnectionSettings } from '../runner/database/connection/connection-settings.ts';

export interface AutogenerateRevision {
  readonly message: string;
  readonly directory: string;
  readonly source: SchemaSource;
  /** Compare with this database instead of the revisions' schema; read only. */
  readonly fromDatabase: ConnectionSettings | undefined;
  /** Only say whether there is a difference. */
  readonly check: boolean;
  readonly historySchema: string;
  readonly decide: (texts: readonly SchemaText[]) => Decisions;
  readonly surroundings: Surroundings;
}

/**
 * Writes the revisions that lead from the present schema to the desired one, proved on a scratch server, or says that there
 * is nothing to do. Answers 11 when a difference was only to be found (`--check`) or could not be proved.
 * @throws AppError for a schema that cannot be loaded, revisions that cannot be replayed, an unfit scratch database.
 */
export async function autogenerateRevision(
  options: AutogenerateRevision,
): Promise<AuthoringAnswer<AnswerDocument<'autogenerate'>>> {
  const { directory, source, surroundings, historySchema, check } = options;
  const { scratch } = surroundings;
  const desiredTexts = await readSchemaTexts(source, scratch);
  const folder = await readFolder(directory);
  return withScratchServer(scratch, async (server) => {
    const { replayed, current } = await presentSchema(server, folder, options);
    const scope = { ignoredSchemas: [historySchema] };
    const proposal = await autogenerate({
      server,
      current,
      desiredTexts,
      scope,
      decisions: options.decide(desiredTexts),
    });
    if (check || proposal.differences.length === 0) {
      const exitCode = proposal.differences.length === 0 ? exitCodes.done : exitCodes.differenceFound;
      return { exitCode, ...describeProposal(proposal, { files: [], serverLabel: server.label }) };
    }
    const readable = await withScratchSession(current.connection, readableSql);
    const naming = { message: options.message, now: surroundings.now(), newest: folder.revisions.at(-1)?.id, readable };
    const write = (proved: Proposal): readonly NewRevisionFile[] =>
      filesOf(proved, { ...naming, serverLabel: server.label });
    // A proposal with objections has a block that stops the runner; there is nothing more to be found out.
    const objection =
      replayed && proposal.objections.length === 0
        ? await objectionOfRunner(server, {
            replayed,
            options: { ...options, desired: proposal.desired },
            files: write(proposal),
            folder,
          })
        : undefined;
    const proved =
      objection === undefined ? proposal : { ...proposal, objections: [...proposal.objections, objection] };
    const files = await writeFiles(directory, write(proved), folder);
    const exitCode = proved.objections.length === 0 ? exitCodes.done : exitCodes.differenceFound;
    return { exitCode, ...describeProposal(proved, { files, serverLabel: server.label }) };
  });
}

/** The folder as it is; a new project has none, or an empty one. */
async function readFolder(directory: string): Promise<Pick<RevisionFolder, 'lockText' | 'revisions'>> {
  try {
    return await readRevisions(directory);
  } catch (error) {
    if (error instanceof AppError && error.code === 'migrations-folder') return { lockText: undefined, revisions: [] };
    throw error;
  }
}

/** The schema to start from: what the revisions build, or what the database holds, without the record. */
async function presentSchema(
  server: ScratchServer,
  folder: Pick<RevisionFolder, 'revisions'>,
  { directory, fromDatabase, historySchema, surroundings }: AutogenerateRevision,
): Promise<{ readonly replayed: ScratchDatabase | undefined; readonly current: ScratchDatabase }> {
  if (fromDatabase !== undefined)
    return {
      replayed: undefined,
      current: await copyLiveSchema(server, fromDatabase, { ignoredSchemas: [historySchema] }),
    };
  if (folder.revisions.length === 0) return { replayed: undefined, current: await server.createDatabase() };
  const replayed = await server.createDatabase();
  await withScratchHint(() =>
    surroundings.replay.upgrade({ connection: replayed.connection, migrations: directory, target: 'head' }),
  );
  const current = await server.createDatabase({ copyOf: replayed });
  await withScratchSession(current.connection, (session) =>
    session.query(`DROP SCHEMA IF EXISTS "${historySchema.replaceAll('"', '""')}" CASCADE`),
  );
  return { replayed, current };
}

interface RunnerProof {
  readonly replayed: ScratchDatabase;
  readonly options: AutogenerateRevision & { readonly desired: Catalog };
  readonly files: readonly NewRevisionFile[];
  readonly folder: Pick<RevisionFolder, 'lockText' | 'revisions'>;
}

/** Runs the very files with the very runner, up and down again; answers what is to be said against them. */
async function objectionOfRunner(
  server: ScratchServer,
  { replayed, options, files, folder }: RunnerProof,
): Promise<string | undefined> {
  const { scratch, replay } = options.surroundings;
  const { connection } = await server.createDatabase({ copyOf: replayed });
  const read = (): Promise<Catalog> =>
    withScratchSession(connection, (session) => readCatalog(session, { ignoredSchemas: [options.historySchema] }));
  const before = await read();
  return withFolderCopy(options.directory, scratch.temporaryDirectory, async (migrations) => {
    await writeFiles(migrations, files, folder);
    try {
      await replay.upgrade({ connection, migrations, target: 'head' });
      const after = await read();
      await replay.downgrade({ connection, migrations, target: folder.revisions.at(-1)?.id ?? 'base' });
      const differences = [...compareCatalogs(options.desired, after), ...compareCatalogs(before, await read())];
      return differences.length === 0
        ? undefined
        : ['The files do something else than what was tried:', ...formatDifferences(differences)].join('\n');
    } catch (error) {
      return `The runner cannot apply and revert it: ${error instanceof Error ? error.message : String(error)}`;
    }
  });
}
