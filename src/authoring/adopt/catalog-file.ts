import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { readRevisions, type RevisionFile, type RevisionFolder } from '../../runner/files/read-revisions.ts';
import { catalogKey, type Catalog } from '../catalog/catalog.ts';
import { readCatalog, withoutIgnored, type CatalogScope } from '../catalog/read-catalog.ts';
import { withScratchServer } from '../scratch/scratch-server.ts';
import { withScratchSession } from '../scratch/scratch-session.ts';
import type { AuthoringAnswer, Surroundings } from '../surroundings.ts';

/** Beside the revisions, and so in the image. */
export const catalogFileName = 'adopt.catalog.json';

const object = z.object({
  kind: z.string(),
  name: z.string(),
  parent: z.optional(z.string()),
  properties: z.record(z.string(), z.string()),
});
const shape = z.object({
  version: z.literal(1),
  server: z.string(),
  /** The schema at base, and after each revision that another tool may stand at. */
  catalogs: z.array(z.object({ revision: z.string(), checksum: z.string(), objects: z.array(object) })),
});

export type CatalogFile = z.infer<typeof shape>;

/**
 * Writes the schemas that the revisions build into a file: at base and after each revision that another tool knows by an id of
 * its own, or after the newest one when none is marked so.
 * @throws RevisionError when a revision cannot be applied.
 */
export async function writeCatalogFile({
  directory,
  historySchema,
  surroundings,
}: {
  readonly directory: string;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}): Promise<AuthoringAnswer<AnswerDocument<'adopt-catalog'>>> {
  const { revisions } = await readRevisions(directory);
  const marked = revisions.filter(({ alembicId, adoptedFrom }) => (alembicId ?? adoptedFrom) !== undefined);
  const wanted = marked.length > 0 ? marked : revisions.slice(-1);
  const file = await withScratchServer(surroundings.scratch, async (server): Promise<CatalogFile> => {
    const { connection } = await server.createDatabase();
    const objects = (): Promise<CatalogFile['catalogs'][number]['objects']> =>
      withScratchSession(connection, async (session) => [
        ...(await readCatalog(session, { ignoredSchemas: [historySchema] })).values(),
      ]);
    const catalogs: CatalogFile['catalogs'] = [{ revision: '', checksum: '', objects: await objects() }];
    for (const { id, name, checksum } of wanted) {
      await surroundings.replay.upgrade({ connection, migrations: directory, target: id });
      catalogs.push({ revision: name, checksum, objects: await objects() });
    }
    return { version: 1, server: server.label, catalogs };
  });
  const path = join(directory, catalogFileName);
  await writeFile(path, `${JSON.stringify(file)}\n`);
  const names = wanted.map(({ name }) => name);
  return {
    exitCode: exitCodes.done,
    text: `${path} knows the schema at base and after ${names.join(', ')} (${file.server}). Put it into the image with the revisions.`,
    document: { file: path, revisions: names, server: file.server },
  };
}

/** @throws AppError `bad-catalog-file` (2). `undefined` when there is none. */
export async function readCatalogFile(directory: string): Promise<CatalogFile | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, catalogFileName), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw badFile(`${catalogFileName} is not what \`migrate adopt --write-catalog\` writes.`, cause);
  }
}

/** The schema after the revision. @throws AppError `bad-catalog-file` (2) when the file does not know it, or knows another text. */
export function catalogAt(
  { catalogs }: CatalogFile,
  { folder, newest, scope }: { folder: RevisionFolder; newest: RevisionFile | undefined; scope: CatalogScope },
): Catalog {
  for (const { revision, checksum } of catalogs) {
    const now = folder.revisions.find(({ name }) => name === revision);
    if (revision !== '' && now?.checksum !== checksum)
      throw badFile(`${catalogFileName} was made from another text of ${revision} than lies here.`);
  }
  const found = catalogs.find(({ revision }) => revision === (newest?.name ?? ''));
  if (!found) throw badFile(`${catalogFileName} does not know the schema after ${newest?.name ?? 'base'}.`);
  const objects = found.objects.map(({ kind, name, parent, properties }) => ({
    kind,
    name,
    properties,
    ...(parent === undefined ? {} : { parent }),
  }));
  return withoutIgnored(new Map(objects.map((entry) => [catalogKey(entry), entry])), scope);
}

function badFile(message: string, cause?: unknown): AppError {
  return new AppError({
    code: 'bad-catalog-file',
    exitCode: exitCodes.usage,
    message,
    hint: 'Write it anew with `migrate adopt --write-catalog`.',
    ...(cause === undefined ? {} : { cause }),
  });
}
