import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { SectionProblem } from './section-problem.ts';
import { createSectionReader, type SectionDirection, type SectionSpan } from './section-reader.ts';
import { excerptAt, positionAt, type SourcePlace } from './source-position.ts';
import { statementAt, type Statement } from './split-statements.ts';
import type { StatementSpan, TextSpan } from './statement-reader.ts';

/** The part of a `.sql` revision that one direction runs. */
export interface SqlSection {
  /** The text as it stands in the file; server positions refer to it. */
  readonly text: string;
  /** UTF-16 offset of the section in the file's text. */
  readonly offset: number;
  readonly transactional: boolean;
  readonly statements: readonly Statement[];
}

export interface SqlRevision {
  readonly up: SqlSection;
  /** Absent when there is no down, or none with a statement: the revision cannot be reverted. */
  readonly down: SqlSection | undefined;
}

/** A text that is not a revision, with the place in the file. */
export class RevisionFileError extends AppError {
  override readonly name = 'RevisionFileError';

  constructor(problem: FileProblem) {
    const { line, column, excerpt } = 'place' in problem ? problem.place : placeInText(problem);
    super({
      code: 'bad-revision-file',
      exitCode: exitCodes.usage,
      message: `${problem.file}:${line}:${column}: ${problem.problem}.\n${excerpt}`,
      hint: problem.hint,
    });
  }
}

type FileProblem = {
  readonly file: string;
  readonly problem: string;
  readonly hint?: string | undefined;
} & ({ readonly text: string; readonly offset: number } | { readonly place: SourcePlace });

function placeInText({ text, offset }: { readonly text: string; readonly offset: number }): SourcePlace {
  const position = positionAt(text, offset);
  return { ...position, excerpt: excerptAt(text, position) };
}

/**
 * The sections of a `.sql` revision in dbmate's format: `-- migrate:up [transaction:false]`, then `-- migrate:down`.
 * @throws RevisionFileError for what {@link createSectionReader} calls a problem.
 */
export function parseSqlRevision(text: string, file: string): SqlRevision {
  const statements: Record<SectionDirection, StatementSpan[]> = { up: [], down: [] };
  let spans: readonly SectionSpan[];
  try {
    const reader = createSectionReader({
      onStatement: (direction, statement) => statements[direction].push(statement),
    });
    reader.read(text);
    spans = reader.finish();
  } catch (error) {
    if (!(error instanceof SectionProblem)) throw error;
    throw new RevisionFileError({ file, text, offset: error.offset, problem: error.message, hint: error.hint });
  }
  const [up, down] = spans.map((span) => sectionAt(text, span, statements[span.direction]));
  for (const section of [up, down]) if (section) refuseUnboundBatches(section, text, file);
  if (!up) throw new Error('a revision without an up section was accepted');
  return { up, down: down && down.statements.length > 0 ? down : undefined };
}

function sectionAt(
  file: string,
  { offset, end, transactional }: SectionSpan,
  statements: readonly StatementSpan[],
): SqlSection {
  const text = file.slice(offset, end);
  const within = (span: TextSpan): TextSpan => ({ offset: span.offset - offset, end: span.end - offset });
  return {
    text,
    offset,
    transactional,
    statements: statements.map((span) =>
      statementAt(text, { ...span, ...within(span), ...(span.copyData && { copyData: within(span.copyData) }) }),
    ),
  };
}

/** A statement that did not use the keys of its batch would change all rows, once for each batch. */
function refuseUnboundBatches({ statements, offset }: SqlSection, text: string, file: string): void {
  for (const { batch, text: statement, offset: at } of statements) {
    if (!batch) continue;
    const numbers = Array.from({ length: 2 * (batch.key?.length ?? 1) }, (_, index) => index + 1);
    const missing = numbers.find((number) => !new RegExp(`\\$${number}(?!\\d)`).test(statement));
    if (missing === undefined) continue;
    throw new RevisionFileError({
      file,
      text,
      offset: offset + at,
      problem: `the statement under "-- migrate:batch" does not use $${missing}, so it is not limited to the rows of a batch`,
      hint: 'The parameters are the first key of the batch and its last one: `WHERE id BETWEEN $1 AND $2`, or for two columns `WHERE (a, b) >= ($1, $2) AND (a, b) <= ($3, $4)`.',
    });
  }
}

/** A longer body is not kept in the record: the file is its only copy. */
export const longestStoredBody = 1_048_576;

/**
 * A section as the record keeps it, marker line included, so that it can be run without its file; `undefined` when it is
 * longer than {@link longestStoredBody}.
 */
export function storedBody(
  direction: 'up' | 'down',
  { text, transactional }: Pick<SqlSection, 'text' | 'transactional'>,
): string | undefined {
  if (text.length > longestStoredBody) return undefined;
  return `-- migrate:${direction}${transactional ? '' : ' transaction:false'}${text}`;
}

/**
 * The down section of a body that {@link storedBody} made, with the text that positions in it refer to.
 * @throws RevisionFileError like {@link parseSqlRevision}, `file` being what people are told it is.
 */
export function parseStoredDown(body: string, file: string): { readonly text: string; readonly section: SqlSection } {
  const text = `-- migrate:up\n${body}`;
  const { down } = parseSqlRevision(text, file);
  if (!down) throw new RevisionFileError({ file, text, offset: 0, problem: 'the stored down holds no statement' });
  return { text, section: down };
}
