import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { squashedFolder, type ReplacedRevision } from './baseline.ts';
import { placeOf, readRevisionFile, type RevisionFile, type RevisionFolder } from './read-revisions.ts';
import { parseRevisionName } from './revision-name.ts';

/**
 * The files of squashed revisions, from `migrations/squashed` or beside the baseline, each with the checksum that the baseline
 * knows. One that is applied may be gone.
 * @throws AppError `squashed-edited`, `squashed-missing` (5).
 */
export async function readSquashed(
  { directory, baseline }: RevisionFolder,
  wanted: readonly ReplacedRevision[],
  applied: ReadonlySet<string>,
): Promise<readonly RevisionFile[]> {
  const folder = join(basename(resolve(directory)), squashedFolder);
  const place = placeOf(join(directory, squashedFolder), folder);
  const fileNames = new Map(namesIn(place.directory).map((fileName) => [fileName.replace(/\.\w+$/, ''), fileName]));
  const files: RevisionFile[] = [];
  for (const replaced of wanted) {
    const { name, checksum } = replaced;
    const fileName = fileNames.get(name) ?? '';
    const parsed = parseRevisionName(fileName);
    const file = baseline?.beside.get(name) ?? (parsed && (await readRevisionFile(fileName, parsed, place)));
    if (!file && !applied.has(replaced.id)) throw missing(join(folder, name), baseline?.revision);
    if (file && file.checksum !== checksum) throw edited(file, baseline?.revision);
    files.push(file ?? absent(replaced, { folder, place: place.directory, baseline: baseline?.revision }));
  }
  return files;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => parseRevisionName(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function absent(
  { id, name, checksum }: ReplacedRevision,
  place: { readonly folder: string; readonly place: string; readonly baseline: RevisionFile | undefined },
): RevisionFile {
  const fileName = `${name}.sql`;
  return {
    id,
    name,
    checksum,
    extension: 'sql',
    path: join(place.place, fileName),
    file: join(place.folder, fileName),
    // The last one and its baseline are one state, and one id of Alembic's.
    alembicId: id === place.baseline?.id ? place.baseline.alembicId : undefined,
    isLarge: false,
    isAbsent: true,
  };
}

function missing(file: string, baseline: RevisionFile | undefined): AppError {
  return new AppError({
    code: 'squashed-missing',
    exitCode: exitCodes.historyUnsound,
    message: `This database needs ${file}, one of the revisions that ${baseline?.name ?? 'the baseline'} replaces, and the file is missing.`,
    hint: `Restore the folder ${squashedFolder} from git: the baseline alone is for empty databases.`,
  });
}

function edited({ file, checksum }: RevisionFile, baseline: RevisionFile | undefined): AppError {
  return new AppError({
    code: 'squashed-edited',
    exitCode: exitCodes.historyUnsound,
    message: `${file} was edited after it was squashed: its sha256 is ${checksum.slice(0, 12)}…, which is not what ${baseline?.file ?? 'the baseline'} says.`,
    hint: 'Restore the file from git.',
  });
}
