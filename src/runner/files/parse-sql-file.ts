import { createChecksum, type TextChecksum } from './checksum.ts';
import { RevisionFileError } from './parse-sql-revision.ts';
import { createPiecePlanner, type Piece, type PiecePlanner } from './piece.ts';
import { placeInFile } from './place-in-file.ts';
import { fileChanged, type RevisionFile } from './read-revisions.ts';
import { SectionProblem } from './section-problem.ts';
import { createSectionReader, type SectionReader, type SectionSpan } from './section-reader.ts';
import type { StatementSpan } from './statement-reader.ts';
import { readTextParts, type FileState } from './text-file.ts';

/** A section of a `.sql` file that is run from the file in pieces, since it is too large to be held in memory. */
export interface FileSection {
  readonly revision: Pick<RevisionFile, 'path' | 'file' | 'checksum'>;
  readonly transactional: boolean;
  /** Bytes from the start of the file, without the marker line. */
  readonly offset: number;
  readonly end: number;
  readonly statements: number;
  /** In bytes from the start of the file. */
  readonly pieces: readonly Piece[];
}

export interface SqlFile {
  readonly up: FileSection;
  /** Absent when there is no down, or none with a statement. */
  readonly down: FileSection | undefined;
}

/** So many tiny statements go as one query that a round trip for each piece costs nothing to speak of. */
const longestPiece = 262_144;

/**
 * Reads a large `.sql` revision once, as {@link parseSqlRevision} would, and keeps only where its pieces stand.
 * @throws RevisionFileError as that does, AppError `file-changed` when the file is another one than its checksum says.
 */
export async function parseSqlFile(revision: RevisionFile): Promise<SqlFile> {
  const { path, file } = revision;
  const planners = { up: createPiecePlanner(longestPiece), down: createPiecePlanner(longestPiece) };
  const readerFrom = (offset: number): SectionReader =>
    createSectionReader({ onStatement: (direction, span) => planners[direction].add(withoutBatch(span)), offset });
  let reader: SectionReader | undefined;
  // Who wrote into it since changed its state as well; what is sent proves its checksum once more, before a COMMIT.
  let checksum: TextChecksum | undefined;
  const onOpen = (state: FileState): void => {
    if (state !== revision.state) checksum = createChecksum();
  };
  try {
    for await (const { bytes, offset } of readTextParts(path, file, onOpen)) {
      reader ??= readerFrom(offset);
      checksum?.update(bytes);
      // As Latin-1 every byte is a character, so that all offsets are bytes.
      reader.read(bytes.toString('latin1'));
    }
    const sections = (reader ?? readerFrom(0)).finish();
    if (checksum && checksum.digest() !== revision.checksum) throw fileChanged(file, 'edited');
    const [up, down] = sections.map((span) => fileSection(revision, span, planners[span.direction]));
    if (!up) throw fileChanged(file, 'edited');
    return { up, down: down && down.statements > 0 ? down : undefined };
  } catch (error) {
    throw error instanceof SectionProblem ? await problemInFile(error, revision) : error;
  }
}

function withoutBatch(span: StatementSpan): StatementSpan {
  if (!span.batch) return span;
  throw new SectionProblem(
    'a file of more than 4 MiB is sent in pieces, so none of its statements can run in batches',
    {
      offset: span.offset,
      hint: 'Put the statement into a revision of its own.',
    },
  );
}

function fileSection(
  { path, file, checksum }: RevisionFile,
  { transactional, offset, end }: SectionSpan,
  planner: PiecePlanner,
): FileSection {
  const revision = { path, file, checksum };
  return { revision, transactional, offset, end, statements: planner.statements(), pieces: planner.pieces() };
}

async function problemInFile({ message, offset, hint }: SectionProblem, { path, file }: RevisionFile): Promise<Error> {
  const place = await placeInFile(path, { offset });
  return new RevisionFileError({ file, place, problem: fromLatin1(message), hint });
}

/** What the message quotes of the text is bytes; our own words may hold what is not Latin-1. */
function fromLatin1(message: string): string {
  return /^[\0-\u00ff]*$/.test(message) ? Buffer.from(message, 'latin1').toString() : message;
}
