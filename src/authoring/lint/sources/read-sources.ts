import { readdir, readFile } from 'node:fs/promises';
import { basename, relative, resolve } from 'node:path';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { parseReplaced } from '../../../runner/files/baseline.ts';
import { decodeText } from '../../../runner/files/normalised-text.ts';
import { parseRevisionName } from '../../../runner/files/revision-name.ts';
import { readSections, type LenientSections } from './read-sections.ts';

/** A file that is linted, or that is there before those that are. */
export interface LintSource {
  /** Id of the revision; empty when the file's name is not that of one. */
  readonly id: string;
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** Path for people and for GitHub: as the working directory sees it. */
  readonly file: string;
  /** Empty when the file cannot be decoded. */
  readonly text: string;
  readonly content:
    | { readonly kind: 'sql'; readonly sections: LenientSections }
    | { readonly kind: 'script' }
    | { readonly kind: 'unreadable'; readonly message: string; readonly line: number };
  readonly isAsked: boolean;
}

export interface SourceChoice {
  readonly directory: string;
  readonly workingDirectory: string;
  /** Paths; empty: all revisions of the folder but a baseline. */
  readonly files: readonly string[];
  /** A revision, by its id or the beginning of its name: only what comes behind it is asked for. */
  readonly since: string | undefined;
}

/**
 * The revisions of the folder in their order, and the named files that lie elsewhere behind them. A file that nobody can read
 * is part of the answer, not a failure.
 * @throws AppError `migrations-folder`, `unknown-revision`, `no-such-file`, `bad-baseline` (2).
 */
export async function readSources({
  directory,
  workingDirectory,
  files,
  since,
}: SourceChoice): Promise<readonly LintSource[]> {
  const asked = new Set(files.map((file) => resolve(workingDirectory, file)));
  const inFolder = (await revisionsIn(directory, asked.size > 0)).map((name) => resolve(directory, name));
  const strangers = [...asked].filter((path) => !inFolder.includes(path));
  const cut = since === undefined ? -1 : indexOfRevision(inFolder, since);
  const sources: LintSource[] = [];
  for (const [index, path] of [...inFolder, ...strangers].entries()) {
    const source = await readSource({ path, workingDirectory });
    sources.push({ ...source, isAsked: asked.size > 0 ? asked.has(path) : index > cut && !isBaseline(source) });
  }
  return sources;
}

async function revisionsIn(directory: string, mayBeMissing: boolean): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (mayBeMissing && error.code === 'ENOENT') return [];
    throw new AppError({
      code: 'migrations-folder',
      exitCode: exitCodes.usage,
      message: `The migrations folder ${resolve(directory)} ${error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code ?? 'unknown reason'})`}.`,
      hint: 'Name it with --migrations DIR or MIGRATE_MIGRATIONS.',
    });
  });
  return names.filter((name) => parseRevisionName(name) !== undefined).toSorted();
}

function indexOfRevision(paths: readonly string[], since: string): number {
  const found = paths.flatMap((path, index) =>
    basename(path).startsWith(since) || basename(path).includes(`_${since}`) ? [index] : [],
  );
  const [index] = found;
  if (index !== undefined && found.length === 1) return index;
  throw new AppError({
    code: 'unknown-revision',
    exitCode: exitCodes.usage,
    message: index === undefined ? `No revision begins with "${since}".` : `"${since}" fits ${found.length} revisions.`,
    hint: 'Name one revision by its id: `migrate history` lists them.',
  });
}

/** What a baseline makes is there already, wherever it matters; only who names its file wants to read of it. */
function isBaseline({ text, content, file, id }: Omit<LintSource, 'isAsked'>): boolean {
  return content.kind === 'sql' && id !== '' && parseReplaced(text, file, id) !== undefined;
}

async function readSource({
  path,
  workingDirectory,
}: {
  readonly path: string;
  readonly workingDirectory: string;
}): Promise<Omit<LintSource, 'isAsked'>> {
  const fileName = basename(path);
  const parsed = parseRevisionName(fileName);
  const file = relative(workingDirectory, path) || fileName;
  const known = { id: parsed?.id ?? '', name: parsed?.name ?? fileName, path, file };
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new AppError({
      code: 'no-such-file',
      exitCode: exitCodes.usage,
      message: `${file} cannot be read (${error.code ?? 'unknown reason'}).`,
      hint: 'Name a file that is there, or none to lint the whole folder.',
    });
  });
  if (/\.(?:ts|js|mjs)$/.test(fileName)) return { ...known, text: bytes.toString(), content: { kind: 'script' } };
  try {
    const text = decodeText(bytes, file);
    return { ...known, text, content: { kind: 'sql', sections: readSections(text) } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const line = Number(/:(\d+) /.exec(error.message.slice(file.length))?.[1] ?? 1);
    return { ...known, text: '', content: { kind: 'unreadable', message: error.message, line } };
  }
}
