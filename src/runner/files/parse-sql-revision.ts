import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { excerptAt, positionAt } from './source-position.ts';
import { SplitError, splitStatements, type Statement } from './split-statements.ts';

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

  constructor({ file, text, offset, problem, hint }: FileProblem) {
    const position = positionAt(text, offset);
    super({
      code: 'bad-revision-file',
      exitCode: exitCodes.usage,
      message: `${file}:${position.line}:${position.column}: ${problem}.\n${excerptAt(text, position)}`,
      hint,
    });
  }
}

interface FileProblem {
  readonly file: string;
  readonly text: string;
  readonly offset: number;
  readonly problem: string;
  readonly hint?: string | undefined;
}

const marker = /^--[ \t]*migrate:(\w+)([^\r\n]*)$/gm;

/**
 * The sections of a `.sql` revision in dbmate's format: `-- migrate:up [transaction:false]`, then `-- migrate:down`.
 * @throws RevisionFileError for missing, doubled or unknown markers and options, for what {@link splitStatements} refuses,
 * and for transaction control inside a transactional section.
 */
export function parseSqlRevision(text: string, file: string): SqlRevision {
  const markers = [...text.matchAll(marker)].map((match) => ({
    direction: match[1] ?? '',
    options: (match[2] ?? '').trim(),
    at: match.index,
    end: match.index + match[0].length,
  }));
  const fail = (offset: number, problem: string, hint?: string): never => {
    throw new RevisionFileError({ file, text, offset, problem, hint });
  };
  const near = [...text.matchAll(nearMiss)].find(([line]) => !/^--[ \t]*migrate:\w/.test(line));
  if (near)
    fail(
      near.index,
      `"${near[0].trim()}" is nearly a marker`,
      'Write `-- migrate:up` or `-- migrate:down` at the start of the line.',
    );
  const preamble = splitPreamble(text.slice(0, markers[0]?.at ?? 0));
  if (preamble !== undefined)
    fail(preamble, 'a statement above "-- migrate:up" would never run', 'Put it below the marker.');
  const sections = new Map<string, SqlSection>();
  for (const [index, { direction, options, at, end }] of markers.entries()) {
    if (direction !== 'up' && direction !== 'down')
      fail(at, `"migrate:${direction}" is neither migrate:up nor migrate:down`);
    if (sections.has(direction)) fail(at, `a second "-- migrate:${direction}"`, 'Keep one up and one down section.');
    if (direction === 'down' && !sections.has('up')) fail(at, '"-- migrate:down" comes before "-- migrate:up"');
    const transactional = options !== 'transaction:false';
    if (transactional && options !== '' && options !== 'transaction:true')
      fail(at, `unknown option "${options}"`, 'Write `transaction:false`, or nothing.');
    const body = text.slice(end, markers[index + 1]?.at ?? text.length);
    sections.set(direction, parseSection({ file, text, body, direction, offset: end, transactional }));
  }
  const up =
    sections.get('up') ?? fail(0, 'there is no "-- migrate:up" line', 'Put `-- migrate:up` above the statements.');
  const down = sections.get('down');
  return { up, down: down && down.statements.length > 0 ? down : undefined };
}

/** A comment that means a marker but is none: what it heads would become part of the section above. */
const nearMiss = /^[ \t]*-{2,}[ \t]*migrate[ \t]*:[ \t]*(?:up|down)\b.*$/gim;

/** Offset of the first thing that is no comment; `undefined` when there is none. */
function splitPreamble(text: string): number | undefined {
  try {
    return splitStatements(text)[0]?.offset;
  } catch (error) {
    if (error instanceof SplitError) return error.offset;
    throw error;
  }
}

function parseSection({
  file,
  text,
  body,
  direction,
  offset,
  transactional,
}: {
  readonly file: string;
  readonly text: string;
  readonly body: string;
  readonly direction: string;
  readonly offset: number;
  readonly transactional: boolean;
}): SqlSection {
  let statements: readonly Statement[];
  try {
    statements = splitStatements(body);
  } catch (error) {
    if (!(error instanceof SplitError)) throw error;
    const hint = error.message.startsWith("psql's")
      ? 'Remove it: the file is sent to the server, not to psql.'
      : undefined;
    throw new RevisionFileError({ file, text, offset: offset + error.offset, problem: error.message, hint });
  }
  const control = transactional ? statements.find(isTransactionControl) : undefined;
  if (control) {
    throw new RevisionFileError({
      file,
      text,
      offset: offset + control.offset,
      problem: `${control.words[0] ?? ''} inside a revision that already runs in a transaction`,
      hint: `Remove it, or mark the section \`-- migrate:${direction} transaction:false\`.`,
    });
  }
  return { text: body, offset, transactional, statements };
}

/** Statements that would end the runner's own transaction (savepoints are welcome). */
function isTransactionControl({ words: [first, second, third] }: Statement): boolean {
  if (first === 'ROLLBACK') {
    const next = second === 'WORK' || second === 'TRANSACTION' ? third : second;
    return next !== 'TO';
  }
  if (first === 'PREPARE') return second === 'TRANSACTION';
  if (first === 'START') return second === 'TRANSACTION';
  return first === 'BEGIN' || first === 'COMMIT' || first === 'END' || first === 'ABORT';
}

/** A section as the record keeps it, marker line included, so that it can be run without its file. */
export function storedBody(direction: 'up' | 'down', { text, transactional }: SqlSection): string {
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
