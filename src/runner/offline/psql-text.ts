import { visibleText } from '../../contract/visible-text.ts';
import { splitStatements, type Statement } from '../files/split-statements.ts';
import { escapedLiteral } from './sql-literal.ts';
import { sqlSpans } from './sql-spans.ts';

/** Where the script goes: a log (CloudWatch through awslogs) loses empty lines, a file keeps all. */
export type Medium = 'file' | 'log';

/** SQL that a script cannot hold so that psql sends the server the same. */
export class Unprintable extends Error {
  override readonly name = 'Unprintable';
  /** UTF-16 offset in the text that was to be printed. */
  readonly offset: number;
  readonly hint: string;

  constructor(message: string, { offset, hint }: { readonly offset: number; readonly hint: string }) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

/**
 * SQL as lines of a psql script that send the server the same: as it is, ended by a semicolon; or, when it holds what a
 * file or log would change (a carriage return in a string, an empty line in a log), as an escaped literal for `\gexec`.
 * @throws Unprintable for a backslash outside strings and comments: the server would refuse it, psql would obey.
 */
export function psqlText(sql: string, medium: Medium): string {
  const written = writable(sql, medium);
  if (written === undefined) return psqlQuery(sql);
  const body = written.replace(/^[ \t\n]*\n|[ \t\n]+$/g, '');
  return isTerminated(written) ? body : `${body}\n;`;
}

/** One statement without its semicolon, like {@link psqlText}. */
export function psqlStatement(sql: string, medium: Medium): string {
  const written = writable(sql, medium);
  return written === undefined ? psqlQuery(sql) : `${written};`;
}

/** Any number of statements as one query, which is one transaction where none is open. */
export function psqlQuery(sql: string): string {
  return `SELECT ${escapedLiteral(sql)} AS sql \\gexec`;
}

/**
 * `COPY … FROM stdin;` with its data, which psql reads from the script.
 * @throws Unprintable for data that a file or log would change, and what {@link psqlStatement} throws.
 */
export function psqlCopy(sql: string, { text, offset, copyData }: Statement, medium: Medium): string {
  const raw = copyData ? sql.slice(copyData.offset, copyData.end) : '';
  // The server takes CRLF for a line end like any other, but in a quoted value of CSV.
  const data = /\bcsv\b/i.test(text) ? raw : withLineFeeds(raw);
  const head = writable(text, medium);
  if (head === undefined || visibleText(data) !== data || (medium === 'log' && /^\n|\n\n/.test(data))) {
    throw new Unprintable('the data of this COPY would not survive a script', {
      offset,
      hint: 'Print it where the output is a file, or write control characters as escapes; an online run takes them as they are.',
    });
  }
  return `${head};\n${data}\\.`;
}

/** The text with plain line ends where they mean nothing; `undefined` when the medium would change what is left. */
function writable(sql: string, medium: Medium): string | undefined {
  const spans = sqlSpans(sql);
  for (const { kind, text, offset } of spans) {
    const backslash = kind === 'code' ? text.indexOf('\\') : -1;
    if (backslash === -1) continue;
    throw new Unprintable('psql would take this backslash for a command of its own', {
      offset: offset + backslash,
      hint: 'Remove it: the server would refuse it as well.',
    });
  }
  const written = spans.map(({ kind, text }) => (kind === 'quote' ? text : withLineFeeds(text))).join('');
  if (visibleText(written) !== written) return undefined;
  const losesLines = medium === 'log' && spans.some(({ kind, text }) => kind === 'quote' && text.includes('\n\n'));
  return losesLines ? undefined : written;
}

/** Whether a semicolon ends the last statement: then what follows would be a statement of its own. */
function isTerminated(sql: string): boolean {
  const last = splitStatements(sql).at(-1);
  if (last === undefined) return true;
  return splitStatements(`x${sql.slice(last.offset + last.text.length)}\nx`).length > 1;
}

function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
