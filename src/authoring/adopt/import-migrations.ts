import { mkdir } from 'node:fs/promises';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import { parseSqlRevision } from '../../runner/files/parse-sql-revision.ts';
import { readRevisions, type RevisionFolder } from '../../runner/files/read-revisions.ts';
import type { AdoptInvocation } from '../../runner/command-line/invocation.ts';
import { writeFiles } from '../autogenerate/write-proposal.ts';
import type { AuthoringAnswer, Surroundings } from '../surroundings.ts';
import { testRevisions } from '../test/test-revisions.ts';
import { formatImported, type ImportedFile } from './format-imported.ts';
import type { ImportedMigration } from './imported-migration.ts';
import { readForeignFolder } from './sources.ts';

export interface Import {
  readonly asked: AdoptInvocation;
  readonly directory: string;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

/**
 * Writes a revision for each migration of another tool's folder, under the id that the tool knows it by, and tries them all
 * up, down and up on a scratch server. What is here already is left alone; no file is ever overwritten. Answers 11 when one
 * has no SQL, or is not proved.
 * @throws AppError for a folder that cannot be read or understood (2); nothing is written then.
 */
export async function importMigrations({
  asked,
  directory,
  historySchema,
  surroundings,
}: Import): Promise<AuthoringAnswer<AnswerDocument<'adopt-import'>>> {
  const { environment } = surroundings.scratch;
  const { migrations, skipped } = await readForeignFolder(asked, environment);
  await mkdir(directory, { recursive: true });
  const folder = await readFolderOrNone(directory);
  const { isNew, known } = splitKnown(migrations, folder);
  const files = formatImported(migrations).filter((_, index) => isNew[index]);
  for (const { text, fileName } of files) parseSqlRevision(text, fileName);
  refuseTaken(files, folder);
  const paths = files.length === 0 ? [] : await writeFiles(directory, files, folder);
  const stubs = files.filter(({ isStub }) => isStub).map(({ name }) => name);
  const written = new Set(files.map(({ name }) => name));
  const tried =
    files.length === 0 || stubs.length > 0
      ? undefined
      : await tryAll({ directory, historySchema, since: undefined, surroundings, tell: () => undefined }, written);
  const isGood = stubs.length === 0 && (tried?.problems.length ?? 0) === 0;
  const document = {
    files: [...paths],
    skipped: [...skipped, ...known],
    stubs,
    proved: tried?.proved ?? [],
    problems: tried?.problems ?? [],
    server: tried?.server ?? null,
  };
  return {
    exitCode: isGood ? exitCodes.done : exitCodes.differenceFound,
    text: format(document, asked.tool),
    document,
  };
}

function splitKnown(
  migrations: readonly ImportedMigration[],
  { revisions }: Pick<RevisionFolder, 'revisions'>,
): { readonly isNew: readonly boolean[]; readonly known: readonly string[] } {
  const headers = new Map(
    revisions.map(({ alembicId, adoptedFrom, name }) => [
      alembicId === undefined ? `-- adopted: ${adoptedFrom ?? ''}` : `-- alembic: ${alembicId}`,
      name,
    ]),
  );
  return {
    isNew: migrations.map(({ header }) => !headers.has(header)),
    known: migrations.flatMap(({ header, source }) => {
      const name = headers.get(header);
      return name === undefined ? [] : [`${source}: it is here already, as ${name}.`];
    }),
  };
}

function refuseTaken(files: readonly ImportedFile[], { revisions }: Pick<RevisionFolder, 'revisions'>): void {
  for (const { name } of files) {
    const other = revisions.find(({ id }) => id === name.slice(0, 14));
    if (other) {
      throw new AppError({
        code: 'duplicate-revision',
        exitCode: exitCodes.usage,
        message: `${name} would have the same id as ${other.file}, so nothing was imported.`,
        hint: `If they are the same, give ${other.file} the header line of the tool (docs/adopting.md); else import into an empty folder with --migrations DIR.`,
      });
    }
  }
}

interface Tried {
  readonly proved: readonly string[];
  readonly problems: readonly string[];
  readonly server: string;
}

async function tryAll(test: Parameters<typeof testRevisions>[0], written: ReadonlySet<string>): Promise<Tried> {
  try {
    const { document } = await testRevisions(test);
    const ours = document.revisions.filter(({ name }) => written.has(name));
    return {
      proved: ours.filter(({ outcome }) => outcome === 'proved').map(({ name }) => name),
      problems: ours.flatMap(({ name, outcome, problems }) =>
        outcome === 'irreversible' ? [] : problems.map((problem) => `${name}: ${problem}`),
      ),
      server: document.server,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode !== exitCodes.revisionFailed) throw error;
    return { proved: [], problems: [error.message], server: 'the scratch server' };
  }
}

async function readFolderOrNone(directory: string): Promise<Pick<RevisionFolder, 'revisions' | 'lockText'>> {
  try {
    return await readRevisions(directory);
  } catch (error) {
    if (error instanceof AppError && error.code === 'migrations-folder') return { revisions: [], lockText: undefined };
    throw error;
  }
}

function format(
  { files, skipped, stubs, proved, problems, server }: AnswerDocument<'adopt-import'>,
  tool: string,
): string {
  const untried = stubs.length > 0 && server === null;
  return [
    `${files.length} revisions written${files.length === 0 ? '' : ' (and migrations.lock)'}:`,
    ...files.map((file) => `  ${file}`),
    ...skipped.map((text) => `  – ${text}`),
    ...stubs.map(
      (name) => `  ✗ ${name} has a block in which its SQL must be written by hand: it stops with an error until then`,
    ),
    ...problems.flatMap((problem) =>
      problem.split('\n').map((line, index) => `${index === 0 ? '  ✗ ' : '    '}${line}`),
    ),
    ...(server === null
      ? []
      : [`${proved.length} of ${files.length} went up, down and up again without a difference (${server}).`]),
    untried
      ? 'Not tried, since that block would stop it: run `migrate test` when it is written.'
      : problems.length > 0
        ? `Mend what is named (a forgotten DROP belongs into its down), then \`migrate lock\` and \`migrate test\`; then \`migrate adopt ${tool}\`.`
        : `Next: \`migrate adopt ${tool} --dry-run\`.`,
  ].join('\n');
}
