import { isInWord, kindOf, kinds } from './character-kinds.ts';
import { SplitError } from './split-error.ts';
import {
  endOfComment,
  endOfCopyData,
  endOfCopyLine,
  endOfDollarQuote,
  endOfEscapeString,
  endOfLine,
  endOfQuotedName,
  endOfString,
  type TokenEnd,
} from './sql-tokens.ts';
import { createStatementReader, type StatementSpan } from './statement-reader.ts';

/**
 * Reads SQL that comes in parts, cut anywhere, and tells each statement as soon as it has seen its end. It keeps no text but
 * a token that a border cuts. The text may be one of bytes (latin1): every character that means something is ASCII, and all
 * others are letters to PostgreSQL's scanner too.
 */
export interface SqlLexer {
  /** @throws SplitError for a psql meta-command, `COPY … TO stdout`, and what stands behind `COPY … FROM stdin;`. */
  readonly read: (text: string) => void;
  /** Ends the text. @throws SplitError when a quote, a comment or the data of a COPY never end. */
  readonly finish: () => void;
  /** Whether the text read so far ends inside the data of a COPY. */
  readonly isInCopyData: () => boolean;
}

/** Something longer whose end has not been seen yet. */
interface Open {
  readonly kind: 'comment' | 'token' | 'copy line' | 'copy data';
  readonly end: TokenEnd;
  readonly offset: number;
  /** What is wrong when the text ends inside it; a line comment may. */
  readonly problem?: string;
}

const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?(?:\$|$)/y;
const unclosedString = 'a string is never closed';
const unclosedCopy = 'the data of COPY … FROM stdin never end: no line holds \\. alone';
/** Answer of a reader that must see more text first. */
const needsMore = -1;

/**
 * Splits as PostgreSQL's own scanner would (documentation, "Lexical Structure"): string constants with their escapes, dollar
 * quotes, nested comments, quoted names, `BEGIN ATOMIC … END` bodies and the parentheses of `CREATE RULE … DO ( …; … )` keep
 * their semicolons; the lines below `COPY … FROM stdin;`, up to `\.`, are its data. `offset` is that of the first character.
 */
export function createSqlLexer(onStatement: (statement: StatementSpan) => void, offset = 0): SqlLexer {
  const statement = createStatementReader(onStatement);
  let rest = '';
  let isLast = false;
  /** Offset of the text at hand. */
  let base = offset;
  let open: Open | undefined;

  /** Goes on behind what was open. */
  const close = ({ kind, offset }: Open, at: number): number => {
    open = undefined;
    if (kind === 'token') statement.takeOther(base + at);
    if (kind === 'copy line')
      open = { kind: 'copy data', end: endOfCopyData(), offset: base + at, problem: unclosedCopy };
    if (kind !== 'copy data') return at;
    statement.finish({ offset, end: base + at });
    return at + String.raw`\.`.length;
  };

  const openToken = (at: number, length: number, end: TokenEnd, problem = unclosedString): number => {
    open = { kind: 'token', end, offset: base + at, problem };
    return at + length;
  };

  const openComment = (at: number, end: TokenEnd, problem?: string): number => {
    open = { kind: 'comment', end, offset: base + at, ...(problem === undefined ? {} : { problem }) };
    return at + 2;
  };

  const takeOther = (after: number, sign?: string): number => {
    statement.takeOther(base + after, sign);
    return after;
  };

  const readWord = (text: string, at: number): number => {
    let after = at + 1;
    while (after < text.length && isInWord(text.charCodeAt(after))) after += 1;
    if (after === text.length && !isLast) return needsMore;
    const next = text.charAt(after);
    if (after === at + 1 && (next === "'" || next === '&')) {
      const prefix = text.charAt(at).toUpperCase();
      if (next === "'" && prefix === 'E') return openToken(at, 2, endOfEscapeString);
      if (next === "'" && 'BXN'.includes(prefix)) return openToken(at, 2, endOfString);
      if (next === '&' && prefix === 'U') {
        if (after + 1 === text.length && !isLast) return needsMore;
        if (text.charAt(after + 1) === "'") return openToken(at, 3, endOfString);
      }
    }
    statement.takeWord(text, at, after, base + after);
    return after;
  };

  const readNumber = (text: string, at: number): number => {
    let after = at + 1;
    while (after < text.length && isInWord(text.charCodeAt(after))) after += 1;
    return after === text.length && !isLast ? needsMore : takeOther(after);
  };

  const readDollar = (text: string, at: number): number => {
    dollarTag.lastIndex = at;
    const tag = dollarTag.exec(text)?.[0] ?? '';
    if (tag.length > 1 && tag.endsWith('$'))
      return openToken(at, tag.length, endOfDollarQuote(tag), `the dollar quote ${tag} is never closed`);
    return tag !== '' && !isLast ? needsMore : takeOther(at + 1);
  };

  const readSemicolon = (at: number): number => {
    if (!statement.endsAtSemicolon()) return takeOther(at + 1);
    if (statement.awaitsCopyData()) {
      const offset = statement.offset();
      open = { kind: 'copy line', end: endOfCopyLine(offset), offset, problem: unclosedCopy };
    } else {
      statement.finish();
    }
    return at + 1;
  };

  const refuseMetaCommand = (text: string, at: number): number => {
    const command = /^\S+/.exec(text.slice(at, at + 40))?.[0] ?? '';
    if (!isLast && at + command.length === text.length && command.length < 40) return needsMore;
    throw new SplitError(`psql's command ${command} is not SQL`, base + at);
  };

  /** Reads one token; answers the index behind it, or behind the beginning of what is open now. */
  const readToken = (text: string, at: number): number => {
    const code = text.charCodeAt(at);
    const kind = kindOf(code);
    if (kind === kinds.comment) {
      const next = text.charAt(at + 1);
      if (next === '' && !isLast) return needsMore;
      if (code === 0x2d && next === '-') return openComment(at, endOfLine);
      if (code === 0x2f && next === '*') return openComment(at, endOfComment(), 'a comment is never closed');
    }
    if (kind === kinds.semicolon && (!statement.hasBegun() || statement.endsAtSemicolon())) return readSemicolon(at);
    if (!statement.hasBegun()) {
      if (kind === kinds.backslash) return refuseMetaCommand(text, at);
      statement.begin(base + at);
    }
    if (kind === kinds.letter) return readWord(text, at);
    if (kind === kinds.digit) return readNumber(text, at);
    if (kind === kinds.dollar) return readDollar(text, at);
    if (kind === kinds.quote) return openToken(at, 1, endOfString);
    if (kind === kinds.doubleQuote) return openToken(at, 1, endOfQuotedName, 'a quoted name is never closed');
    return takeOther(at + 1, kind === kinds.sign ? text.charAt(at) : undefined);
  };

  /** Reads as far as it can; answers the index where it needs more text. */
  const scan = (text: string): number => {
    for (let at = 0; ;) {
      if (open) {
        const after = open.end(text, at, isLast);
        if (after < 0) return ~after;
        at = close(open, after);
        continue;
      }
      while (at < text.length && kindOf(text.charCodeAt(at)) === kinds.blank) at += 1;
      if (at >= text.length) return at;
      const after = readToken(text, at);
      if (after === needsMore) return at;
      at = after;
    }
  };

  const read = (part: string): void => {
    const text = rest === '' ? part : rest + part;
    const at = scan(text);
    rest = text.slice(at);
    base += at;
  };
  return {
    read,
    finish: () => {
      isLast = true;
      read('');
      if (open?.problem !== undefined)
        throw new SplitError(open.problem, open.kind === 'copy data' ? statement.offset() : open.offset);
      if (statement.awaitsCopyData()) throw new SplitError(unclosedCopy, statement.offset());
      statement.finish();
    },
    isInCopyData: () => open?.kind === 'copy data',
  };
}
