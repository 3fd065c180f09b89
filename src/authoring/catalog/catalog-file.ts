import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { catalogKey, type Catalog } from './catalog.ts';

/** A catalog to take along, to where no scratch server is. */
export interface CatalogSnapshot {
  /** Id of the newest revision in it; null when it is of no revisions. */
  readonly revision: string | null;
  /** {@link digestOf} the revisions that built it; null when a database was read. */
  readonly revisions: string | null;
  /** Major version of the server that described it. */
  readonly server: number;
  readonly catalog: Catalog;
}

const format = 1;

const fileSchema = z.object({
  catalogFormat: z.literal(format),
  revision: z.nullable(z.string()),
  revisions: z.nullable(z.string()),
  server: z.number(),
  objects: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      parent: z.optional(z.string()),
      properties: z.record(z.string(), z.string()),
    }),
  ),
});

/** One line per object, in an order of their names: readable in a pull request. */
export function formatCatalogFile({ revision, revisions, server, catalog }: CatalogSnapshot): string {
  const objects = [...catalog].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, object]) => object);
  const lines = objects.map((object) => `    ${JSON.stringify(object)}`).join(',\n');
  const head = { catalogFormat: format, revision, revisions, server };
  return `${JSON.stringify(head, null, 2).replace(/\n\}$/, '')},\n  "objects": [\n${lines}\n  ]\n}\n`;
}

/** @throws AppError `catalog-file` (2) when it cannot be read or is none. */
export async function readCatalogFile(file: string): Promise<CatalogSnapshot> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unfit(file, `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  });
  const parsed = fileSchema.safeParse(parseJson(text));
  if (!parsed.success) throw unfit(file, 'is no catalog that this version of migrate wrote');
  const { objects, revision, revisions, server } = parsed.data;
  const catalog = new Map(
    objects.map(({ parent, ...object }) => [catalogKey(object), parent === undefined ? object : { ...object, parent }]),
  );
  return { revision, revisions, server, catalog };
}

/** A digest of the texts of revisions: another one means that the snapshot is not theirs. */
export function digestOf(revisions: readonly { readonly id: string; readonly checksum: string }[]): string {
  const hash = createHash('sha256');
  for (const { id, checksum } of revisions) hash.update(`${id} ${checksum}\n`);
  return hash.digest('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unfit(file: string, what: string): AppError {
  return new AppError({
    code: 'catalog-file',
    exitCode: exitCodes.usage,
    message: `The file ${file} ${what}.`,
    hint: 'Write it with `migrate dump --revisions --catalog -o FILE`.',
  });
}
