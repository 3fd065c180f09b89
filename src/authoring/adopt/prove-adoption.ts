import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { Session } from '../../runner/database/connection/session.ts';
import type { RevisionFile, RevisionFolder } from '../../runner/files/read-revisions.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compareCatalogs } from '../catalog/compare-catalogs.ts';
import { formatDifferences } from '../catalog/format-differences.ts';
import { readCatalog, type CatalogScope } from '../catalog/read-catalog.ts';
import { isNoScratchServer } from '../scratch/no-scratch-server.ts';
import { withScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { Surroundings } from '../surroundings.ts';
import { catalogAt, catalogFileName, readCatalogFile } from './catalog-file.ts';
import { explainLeftovers } from './explain-leftovers.ts';

export interface Adoption {
  readonly session: Session;
  readonly folder: RevisionFolder;
  readonly newest: RevisionFile | undefined;
  readonly ignoredObjects: readonly string[];
}

export interface Comparison {
  readonly provedOn: string;
  readonly differences: readonly string[];
  readonly explanations: readonly string[];
}

/**
 * Compares the live schema, which is only read, with what the revisions up to `newest` build on a scratch server; where none
 * can run (a container), with the catalog file that lies beside the revisions.
 * @throws AppError `no-proof` (2) when there is neither.
 */
export async function proveAdoption(
  { session, folder, newest, ignoredObjects }: Adoption,
  { historySchema, surroundings }: { readonly historySchema: string; readonly surroundings: Surroundings },
): Promise<Comparison> {
  const scope = { ignoredSchemas: [historySchema], ignoredObjects };
  const { label, catalog: expected } = await expectedCatalog({ folder, newest, scope, surroundings });
  const actual = await readCatalog(session, scope);
  const differences = compareCatalogs(expected, actual);
  return {
    provedOn: label,
    differences: formatDifferences(differences),
    explanations: await explainLeftovers(session, differences, folder),
  };
}

interface Expected {
  readonly folder: RevisionFolder;
  readonly newest: RevisionFile | undefined;
  readonly scope: CatalogScope;
  readonly surroundings: Surroundings;
}

async function expectedCatalog(expected: Expected): Promise<{ readonly label: string; readonly catalog: Catalog }> {
  const { folder, newest, scope } = expected;
  try {
    return await replayed(expected);
  } catch (error) {
    if (!isNoScratchServer(error)) throw error;
    const file = await readCatalogFile(folder.directory);
    if (!file) throw noProof(error);
    return { label: `${catalogFileName}, made on ${file.server}`, catalog: catalogAt(file, { folder, newest, scope }) };
  }
}

function replayed({ folder, newest, scope, surroundings }: Expected): Promise<{
  readonly label: string;
  readonly catalog: Catalog;
}> {
  return withScratchServer(surroundings.scratch, async (server) => {
    const { connection } = await server.createDatabase();
    if (newest) await surroundings.replay.upgrade({ connection, migrations: folder.directory, target: newest.id });
    return {
      label: server.label,
      catalog: await withScratchSession(connection, (scratch) => readCatalog(scratch, scope)),
    };
  });
}

function noProof(cause: Error): AppError {
  return new AppError({
    code: 'no-proof',
    exitCode: exitCodes.usage,
    message: `There is no scratch server here to prove the schema on, and no ${catalogFileName} beside the revisions.`,
    hint: `Run \`migrate adopt --write-catalog\` on a laptop or in CI and put the file into the image; or name an empty database with --shadow-url; or \`--no-proof --reason "…"\`.`,
    cause,
  });
}
