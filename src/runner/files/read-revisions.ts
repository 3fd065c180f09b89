import { readdirSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { headOf, parseReplaced, splitBaseline, type Baseline, type ReplacedRevision } from './baseline.ts';
import { createChecksum } from './checksum.ts';
import { createFileReader, readIfThere, type FileReader } from './file-reader.ts';
import { lockFileName } from './lock-file.ts';
import { checksumOf, checksumOfBytes, decodeText, refuseUnreadable } from './normalised-text.ts';
import { emptyFolder, isSystemError, refuseDuplicates, unreadableFile } from './refused-folder.ts';
import { parseRevisionName, type RevisionName } from './revision-name.ts';
import { readTextParts, type FileState } from './text-file.ts';

/** A revision file as it lies in the folder; its text is read again, and compared, when it runs. */
export interface RevisionFile extends RevisionName {
  /** Absolute path. */
  readonly path: string;
  /** Path for people, relative to the folder's parent: `migrations/20251223142057_initial_schema.sql`. */
  readonly file: string;
  /** sha256 of the text with LF line ends and without a byte order mark. */
  readonly checksum: string;
  /** The id that Alembic knew it by, from its header line `-- alembic: 68b324aa3d62`. */
  readonly alembicId: string | undefined;
  /** What another tool knew it by, from its header line `-- adopted: flyway:2.1`. */
  readonly adoptedFrom?: string | undefined;
  /** What it stands for, when it is a baseline: its header lines `-- replaces: …`. */
  readonly replaces?: readonly ReplacedRevision[] | undefined;
  /** True of a squashed revision that is applied and whose file has been removed since: its baseline and the record know it. */
  readonly isAbsent?: boolean;
  /** Whether it is too large to be held in memory at once: {@link parseSqlFile} reads it in parts. */
  readonly isLarge: boolean;
  /** Of a large file: the state of which the checksum is. */
  readonly state?: FileState;
}

export interface RevisionFolder {
  readonly directory: string;
  /** Sorted by revision id. */
  readonly revisions: readonly RevisionFile[];
  /** Text of `migrations.lock`; `undefined` when there is none. */
  readonly lockText: string | undefined;
  /** Names of files that are no revisions and no known company of one. */
  readonly strangers: readonly string[];
  /** The first revision, when it stands for older ones. */
  readonly baseline?: Baseline<RevisionFile> | undefined;
}

/** What lies beside revisions and means nothing: editors' and systems' leftovers, readmes, compiled companions. */
const ignored =
  /^(\.|readme|.*\.md$|.*~$|.*\.(swp|swo|map|tmp|orig|rej)$|.*\.d\.[cm]?ts$|tsconfig.*\.json$|package\.json$|adopt\.catalog\.json$)/i;

/**
 * Reads the revision folder.
 * @throws AppError `migrations-folder` when it is missing, unreadable or holds no revision (an image built without its COPY
 * must not look like "nothing to do"), `duplicate-revision` when two files share an id.
 */
export async function readRevisions(directory: string): Promise<RevisionFolder> {
  const { names, folders } = namesIn(directory);
  const strangers: string[] = folders.map((name) => `${name} (a folder)`);
  const files: RevisionFile[] = [];
  const place = placeOf(directory, basename(resolve(directory)));
  for (const name of names) {
    const parsed = parseRevisionName(name);
    // Without an await for each of the many that are small.
    if (parsed) files.push(readSmallRevision(name, parsed, place) ?? (await readLargeRevision(name, parsed, place)));
    else if (name !== lockFileName && !ignored.test(name)) strangers.push(name);
  }
  if (files.length === 0) throw emptyFolder(directory, strangers);
  const { revisions, baseline } = splitBaseline(files);
  revisions.sort((left, right) => (left.name < right.name ? -1 : 1));
  refuseDuplicates(revisions);
  const lockText = readLockText(directory, place.reader);
  return { directory, revisions, lockText, strangers, baseline };
}

/**
 * The text of a revision, unchanged since the folder was read.
 * @throws AppError `file-changed` when it is another one by now.
 */
export function readRevisionText({ path, file, checksum }: Pick<RevisionFile, 'path' | 'file' | 'checksum'>): string {
  const bytes = readIfThere(path);
  const text = bytes && decodeText(bytes, file);
  if (text === undefined || checksumOf(text) !== checksum)
    throw fileChanged(file, text === undefined ? 'removed' : 'edited');
  return text;
}

/** A file that is not what it was when the run began. */
export function fileChanged(file: string, what: 'edited' | 'removed'): AppError {
  return new AppError({
    code: 'file-changed',
    exitCode: exitCodes.historyUnsound,
    message: `${file} was ${what} while this run was under way.`,
    hint: 'Run it again when the file is finished.',
  });
}

/** Larger `.sql` files are read and run in parts; up to here the whole text as one query is the fastest. */
const largeFileBytes = 4 * 1_024 * 1_024;
const alembicHeader = /^(?:--|\/\/)[ \t]*alembic:[ \t]*([0-9A-Za-z_]+)[ \t\r]*$/m;
const adoptedHeader = /^(?:--|\/\/)[ \t]*adopted:[ \t]*([a-z][a-z-]*:\S+)[ \t\r]*$/m;

const headerWord = /alembic:|adopted:|replaces:/;
const noHeaders: Headers = { alembicId: undefined, adoptedFrom: undefined, replaces: undefined };

/** A folder with revisions, and what it is called to people. */
export interface Place {
  readonly directory: string;
  readonly folder: string;
  readonly reader: FileReader;
}

export function placeOf(directory: string, folder: string): Place {
  return { directory: resolve(directory), folder, reader: createFileReader() };
}

/** Reads one revision file, but for its statements. @throws AppError as {@link readRevisions}. */
export async function readRevisionFile(fileName: string, name: RevisionName, place: Place): Promise<RevisionFile> {
  return readSmallRevision(fileName, name, place) ?? readLargeRevision(fileName, name, place);
}

/** `undefined` when it is too large to be held in memory at once. */
function readSmallRevision(
  fileName: string,
  name: RevisionName,
  { directory, folder, reader }: Place,
): RevisionFile | undefined {
  const path = directory + sep + fileName;
  const file = folder + sep + fileName;
  try {
    const bytes = reader.read(path, name.extension === 'sql' ? largeFileBytes : undefined);
    if (!bytes) return undefined;
    // The text is made only where something looks at it: of 500 files that is 10 ms of processor time.
    refuseUnreadable(bytes, file);
    const { alembicId, adoptedFrom, replaces } = headerWord.test(bytes.toString('latin1'))
      ? headersOf(decodeText(bytes, file), { ...name, file })
      : noHeaders;
    return { ...name, path, file, isLarge: false, checksum: checksumOfBytes(bytes), alembicId, adoptedFrom, replaces };
  } catch (error) {
    throw isSystemError(error) ? unreadableFile(file, error) : error;
  }
}

async function readLargeRevision(
  fileName: string,
  name: RevisionName,
  { directory, folder }: Place,
): Promise<RevisionFile> {
  const path = directory + sep + fileName;
  const file = folder + sep + fileName;
  try {
    return { ...name, path, file, isLarge: true, ...(await readLargeFile(path, { ...name, file })) };
  } catch (error) {
    throw isSystemError(error) ? unreadableFile(file, error) : error;
  }
}

function readLockText(directory: string, reader: FileReader): string | undefined {
  const path = join(directory, lockFileName);
  try {
    return reader.read(path)?.toString();
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw isSystemError(error) ? unreadableFile(path, error) : error;
  }
}

type Headers = Pick<RevisionFile, 'alembicId' | 'adoptedFrom' | 'replaces'>;
type Named = Pick<RevisionFile, 'file' | 'id' | 'extension'>;

/** So far into a large file its header may reach: a baseline names thousands of revisions. */
const longestHead = 1_024 * 1_024;

/** Of a large file the header is looked for above its first section only. */
async function readLargeFile(path: string, named: Named): Promise<Headers & Pick<RevisionFile, 'checksum' | 'state'>> {
  const checksum = createChecksum();
  let head = '';
  let isWhole = false;
  let state: FileState | undefined;
  const onOpen = (now: FileState): void => void (state = now);
  for await (const { bytes } of readTextParts(path, named.file, onOpen)) {
    checksum.update(bytes);
    if (isWhole) continue;
    head += bytes.toString('latin1');
    isWhole = headOf(head) !== undefined || head.length > longestHead;
  }
  return { checksum: checksum.digest(), ...(state !== undefined && { state }), ...headersOf(head, named) };
}

function headersOf(text: string, { file, id, extension }: Named): Headers {
  return {
    alembicId: alembicHeader.exec(text)?.[1],
    adoptedFrom: adoptedHeader.exec(text)?.[1],
    replaces: extension === 'sql' ? parseReplaced(text, file, id) : undefined,
  };
}

function namesIn(directory: string): { readonly names: readonly string[]; readonly folders: readonly string[] } {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return {
      names: entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name),
      // Perhaps an archive unpacked wrongly: whoever named it so expects it to run.
      folders: entries.filter((entry) => entry.isDirectory() && parseRevisionName(entry.name)).map(({ name }) => name),
    };
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    const what = reason === 'ENOENT' ? 'does not exist' : `cannot be read (${reason ?? 'unknown reason'})`;
    throw new AppError({
      code: 'migrations-folder',
      exitCode: exitCodes.usage,
      message: `The migrations folder ${resolve(directory)} ${what}.`,
      hint: 'Name it with --migrations DIR or MIGRATE_MIGRATIONS; in an image, COPY it to /migrations.',
      cause,
    });
  }
}
