import { createBatchBinder } from './bind-batch.ts';
import { refusalOf } from './refused-statement.ts';
import { SectionProblem } from './section-problem.ts';
import { SplitError } from './split-error.ts';
import { createSqlLexer, type SqlLexer } from './sql-lexer.ts';
import type { StatementSpan } from './statement-reader.ts';

export type SectionDirection = 'up' | 'down';

/** Where a section of a `.sql` revision stands, without its marker line; offsets are those of the whole text. */
export interface SectionSpan {
  readonly direction: SectionDirection;
  readonly transactional: boolean;
  readonly offset: number;
  readonly end: number;
}

/** Reads a revision's text that comes in parts, cut anywhere. All its functions throw {@link SectionProblem}. */
export interface SectionReader {
  readonly read: (text: string) => void;
  /** Ends the text and answers its sections in their order, up first. */
  readonly finish: () => readonly SectionSpan[];
}

export interface SectionReaderOptions {
  /** Told of each statement when its end has been seen. */
  readonly onStatement: (direction: SectionDirection, statement: StatementSpan) => void;
  /** Offset of the first character that will be read. */
  readonly offset?: number;
}

/** A line that is a marker or looks like one; a line starts behind a lone carriage return as well. */
const candidate = /(?<![^\r\n])[ \t]*-{2,}[ \t]*migrate[ \t]*:[^\r\n]*/gi;
/** `migrate:allow`, `migrate:allow-file` and `migrate:phase` are words to `migrate lint`: comments like any other here. */
const marker = /^--[ \t]*migrate:(?!allow(?:-file)?(?![\w-])|phase[ \t]+(?:expand|contract)[ \t]*$)(\w+)([^\r\n]*)$/;
const batchMarker = /^[ \t]*--[ \t]*migrate:batch\b([^\r\n]*)$/;
/** A comment that means a marker but is none: what it heads would become part of the section above. */
const nearMiss = /^[ \t]*-{2,}[ \t]*migrate[ \t]*:[ \t]*(?:up|down|batch)\b/i;
/** A line longer than this is no marker, so it need not be whole before it is read. */
const longestMarkerLine = 4_096;

/**
 * Finds the sections in dbmate's format, `-- migrate:up [transaction:false]`, then `-- migrate:down`, and the statements in
 * them, each with the `-- migrate:batch` above it. A line that is data of a COPY is no marker. The problems: missing, doubled or unknown markers and options, what
 * {@link createSqlLexer} refuses, and transaction control inside a transactional section.
 */
export function createSectionReader({ onStatement, offset = 0 }: SectionReaderOptions): SectionReader {
  const sections: SectionSpan[] = [];
  const preamble = createPreambleReader(offset);
  let lexer: SqlLexer = preamble;
  let current: Omit<SectionSpan, 'end'> | undefined;
  let rest = '';
  /** Offset of `rest`. */
  let base = offset;
  let startsLine = true;
  const batches = createBatchBinder();

  const begin = (line: string, at: number): void => {
    const [, direction = '', optionText = ''] = marker.exec(line) ?? [];
    endSection(at);
    const transactional = transactionOption({ direction, options: optionText.trim(), sections, offset: at });
    const section = { direction: direction as SectionDirection, transactional, offset: at + line.length };
    current = section;
    lexer = sectionLexer(section, (statement) => onStatement(section.direction, batches.bind(statement)));
  };
  const endSection = (at: number): void => {
    lexer.finish();
    batches.finish();
    if (current) sections.push({ ...current, end: at });
  };
  const readLines = (text: string): void => {
    let read = 0;
    // Most parts of a large file hold no comment, and that is found out ten times as fast.
    for (const match of text.includes('--') ? text.matchAll(candidate) : []) {
      const [line] = match;
      if (match.index === 0 && !startsLine) continue;
      lexer.read(text.slice(read, match.index));
      read = match.index;
      if (lexer.isInCopyData()) continue;
      const at = base + match.index;
      const batch = batchMarker.exec(line);
      if (batch) {
        const [head, options = ''] = batch;
        const start = head.length - options.length;
        batches.take({ options, begin: start, offset: at, transactional: current?.transactional });
      } else if (marker.test(line)) {
        begin(line, at);
        read += line.length;
      } else if (nearMiss.test(line)) {
        throw new SectionProblem(`"${line.trim()}" is nearly a marker`, {
          offset: at,
          hint: 'Write `-- migrate:up`, `-- migrate:down` or `-- migrate:batch` at the start of the line.',
        });
      }
    }
    lexer.read(text.slice(read));
    base += text.length;
    if (text !== '') startsLine = isLineEnd(text, text.length - 1);
  };
  return {
    read: (part) => {
      const text = rest + part;
      let cut = text.length;
      while (cut > 0 && text.length - cut <= longestMarkerLine && !isLineEnd(text, cut - 1)) cut -= 1;
      if (text.length - cut > longestMarkerLine) cut = text.length;
      rest = text.slice(cut);
      readLines(text.slice(0, cut));
    },
    finish: () => {
      readLines(rest);
      rest = '';
      if (!current) {
        throw new SectionProblem('there is no "-- migrate:up" line', {
          offset,
          hint: 'Put `-- migrate:up` above the statements.',
        });
      }
      endSection(base);
      return sections;
    },
  };
}

function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x0a || code === 0x0d;
}

/** Whether the section that begins runs in a transaction. @throws SectionProblem for a marker out of its place. */
function transactionOption({
  direction,
  options,
  sections,
  offset,
}: {
  readonly direction: string;
  readonly options: string;
  readonly sections: readonly SectionSpan[];
  readonly offset: number;
}): boolean {
  const fail = (problem: string, hint?: string): never => {
    throw new SectionProblem(problem, { offset, hint });
  };
  const has = (wanted: string): boolean => sections.some((section) => section.direction === wanted);
  if (direction !== 'up' && direction !== 'down') fail(`"migrate:${direction}" is neither migrate:up nor migrate:down`);
  if (has(direction)) fail(`a second "-- migrate:${direction}"`, 'Keep one up and one down section.');
  if (direction === 'down' && !has('up')) fail('"-- migrate:down" comes before "-- migrate:up"');
  const transactional = options !== 'transaction:false';
  if (transactional && options !== '' && options !== 'transaction:true')
    fail(`unknown option "${options}"`, 'Write `transaction:false`, or nothing.');
  return transactional;
}

/** Reads what stands above the first marker, where nothing but comments belongs; complains when the marker comes. */
function createPreambleReader(offset: number): SqlLexer {
  let first: number | undefined;
  const lexer = createSqlLexer((statement) => (first ??= statement.offset), offset);
  const attempt = (work: () => void): void => {
    if (first !== undefined) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof SplitError)) throw error;
      // A statement before it is the first, whether or not the text was cut between the two.
      first ??= error.offset;
    }
  };
  return {
    read: (text) => attempt(() => lexer.read(text)),
    finish: () => {
      attempt(lexer.finish);
      if (first !== undefined)
        throw new SectionProblem('a statement above "-- migrate:up" would never run', {
          offset: first,
          hint: 'Put it below the marker.',
        });
    },
    isInCopyData: () => false,
  };
}

function sectionLexer(
  { direction, transactional, offset }: Omit<SectionSpan, 'end'>,
  onStatement: (statement: StatementSpan) => void,
): SqlLexer {
  const lexer = createSqlLexer((statement) => {
    const refused = refusalOf(statement.words, { direction, transactional });
    if (refused) throw new SectionProblem(refused.problem, { offset: statement.offset, hint: refused.hint });
    onStatement(statement);
  }, offset);
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SplitError)) throw error;
      const isMetaCommand = error.message.startsWith("psql's");
      const hint = isMetaCommand ? 'Remove it: the file is sent to the server, not to psql.' : undefined;
      throw new SectionProblem(error.message, { offset: error.offset, hint });
    }
  };
  return {
    read: (text) => attempt(() => lexer.read(text)),
    finish: () => attempt(lexer.finish),
    isInCopyData: lexer.isInCopyData,
  };
}
