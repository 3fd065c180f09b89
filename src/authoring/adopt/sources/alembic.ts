import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { SplitError } from '../../../runner/files/split-statements.ts';
import type { ImportedBody, ImportedFolder } from '../imported-migration.ts';
import { orderAlembic } from './alembic-order.ts';
import { parseAlembicRevision, type AlembicRevision } from './alembic-revision.ts';
import { bodyOfPart, splitAlembicScript } from './alembic-sql.ts';
import { runAlembic, type AlembicProgram } from './run-alembic.ts';
import { fileNames, readText } from './sql-folder.ts';

export interface AlembicFolder {
  /** The folder of alembic.ini, or that of the revisions somewhere below it. */
  readonly directory: string;
  readonly linearize: boolean;
  readonly versionTable: string | undefined;
  readonly command: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Alembic's revisions with the SQL that Alembic itself renders offline. A revision that it cannot render, since it reads
 * rows, becomes a stub.
 * @throws AppError `foreign-folder`, `alembic-missing`, `alembic-failed` (2).
 */
export async function readAlembicFolder(folder: AlembicFolder): Promise<ImportedFolder> {
  const { home, versions } = await findProject(resolve(folder.directory));
  const skipped: string[] = [];
  const revisions: AlembicRevision[] = [];
  for (const name of (await fileNames(versions)).filter((file) => file.endsWith('.py') && file !== '__init__.py')) {
    const revision = parseAlembicRevision(await readText(versions, name), name);
    if (revision) revisions.push(revision);
    else skipped.push(`${name}: it names no revision.`);
  }
  const ordered = orderAlembic(revisions, folder.linearize ? 'put-in-line' : 'refused');
  const program = { ...folder, directory: home };
  const table = folder.versionTable?.split('.').at(-1) ?? 'alembic_version';
  const ups = await renderAll(program, ordered, 'upgrade');
  const downs = await renderAll(program, ordered, 'downgrade');
  return {
    skipped,
    migrations: ordered.map((revision) => ({
      header: `-- alembic: ${revision.id}`,
      title: revision.message,
      wantedId: revision.createdAt ?? '20000101000000',
      source: revision.fileName,
      up: toBody(ups.get(revision.id), table),
      down: toBody(downs.get(revision.id), table),
    })),
  };
}

/** SQL as it was printed, or why there is none. */
type Rendered = { readonly part: string } | { readonly failure: string };

/** All in one go, which takes a second; when that fails, each alone, so that only those without SQL are stubs. */
async function renderAll(
  program: AlembicProgram,
  revisions: readonly AlembicRevision[],
  command: 'upgrade' | 'downgrade',
): Promise<ReadonlyMap<string, Rendered>> {
  const range = command === 'upgrade' ? 'base:heads' : 'heads:base';
  const all = await runAlembic(program, [command, range, '--sql']);
  const parts = splitAlembicScript(all.stdout);
  if (all.failure === undefined) return new Map([...parts].map(([id, part]) => [id, { part }]));
  const rendered = new Map<string, Rendered>();
  for (const revision of revisions) rendered.set(revision.id, await renderOne(program, revision, command));
  if (revisions.length > 1 && [...rendered.values()].every((one) => 'failure' in one)) throw failed(all.failure);
  return rendered;
}

async function renderOne(
  program: AlembicProgram,
  { id, downRevisions, isEmpty }: AlembicRevision,
  command: 'upgrade' | 'downgrade',
): Promise<Rendered> {
  if (isEmpty) return { part: '' };
  const [before = 'base'] = downRevisions;
  const range = command === 'upgrade' ? `${before}:${id}` : `${id}:${before}`;
  const { stdout, failure } = await runAlembic(program, [command, range, '--sql']);
  const part = splitAlembicScript(stdout).get(id);
  if (failure === undefined && part !== undefined) return { part };
  return { failure: `Alembic could not render its ${command} as SQL: ${failure ?? 'it printed nothing'}` };
}

function toBody(rendered: Rendered | undefined, table: string): ImportedBody {
  const stub = (reason: string): ImportedBody => ({ sql: '', transactional: true, stub: reason });
  if (rendered === undefined) return stub('Alembic did not render it');
  if ('failure' in rendered) return stub(rendered.failure);
  try {
    return bodyOfPart(rendered.part, table);
  } catch (error) {
    if (!(error instanceof SplitError)) throw error;
    return stub(`what Alembic rendered is no SQL: ${error.message}`);
  }
}

/** Where alembic.ini is, here or above, and where the revisions are: in the folder itself, or where the ini says. */
async function findProject(directory: string): Promise<{ readonly home: string; readonly versions: string }> {
  let home = directory;
  let ini = await readIni(home);
  while (ini === undefined && dirname(home) !== home) {
    home = dirname(home);
    ini = await readIni(home);
  }
  if (ini === undefined) {
    throw new AppError({
      code: 'foreign-folder',
      exitCode: exitCodes.usage,
      message: `There is no alembic.ini in ${directory} or above it.`,
      hint: 'Name the folder of alembic.ini: `migrate adopt alembic --import DIR`.',
    });
  }
  const here = await fileNames(directory).catch(() => []);
  if (here.some((name) => name.endsWith('.py')) && home !== directory) return { home, versions: directory };
  const [, location = 'alembic'] = /^\s*script_location\s*=\s*(\S+)/m.exec(ini) ?? [];
  const versions = join(resolve(home, location.replaceAll('%(here)s', home)), 'versions');
  try {
    await fileNames(versions);
  } catch (cause) {
    throw new AppError({
      code: 'foreign-folder',
      exitCode: exitCodes.usage,
      message: `alembic.ini says that the revisions are in ${versions}, which cannot be read.`,
      hint: 'Name the folder of the revision files themselves: `migrate adopt alembic --import DIR`.',
      cause,
    });
  }
  return { home, versions };
}

async function readIni(directory: string): Promise<string | undefined> {
  return readFile(join(directory, 'alembic.ini'), 'utf8').catch(() => undefined);
}

function failed(reason: string): AppError {
  return new AppError({
    code: 'alembic-failed',
    exitCode: exitCodes.usage,
    message: `Alembic could not render any revision as SQL: ${reason}`,
    hint: 'Make `alembic upgrade base:heads --sql` work in its project (the variables that env.py wants, its packages), then run this again.',
  });
}
