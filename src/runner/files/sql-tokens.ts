import { SplitError } from './split-error.ts';

/**
 * A token that may be longer than the text at hand: a string, a comment, the data of a COPY. Looks for its end from `from`
 * on. Answers the index behind its end, or `~index` (negative) when more text is needed: it goes on there when it comes.
 * `isLast`: no more text will come.
 */
export type TokenEnd = (text: string, from: number, isLast: boolean) => number;

/** The ends of a plain string and of a quoted name; a doubled quote is part of them. */
export const endOfString: TokenEnd = endOfQuoted("'");
export const endOfQuotedName: TokenEnd = endOfQuoted('"');

function endOfQuoted(quote: string): TokenEnd {
  return (text, from, isLast) => {
    for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 2)) {
      if (at + 1 === text.length && !isLast) return ~at;
      if (text.charAt(at + 1) !== quote) return at + 1;
    }
    return ~text.length;
  };
}

const escapeOrQuote = /['\\]/g;
/** What lets a string go on on the next line with the rules of its beginning. */
const continuation = /[ \t\f\v]*(?:--[^\r\n]*)?[\r\n](?:[ \t\f\v\r\n]|--[^\r\n]*[\r\n])*'/y;
/** Only blanks and comments up to the end of the text: whether the string goes on is not known yet. */
const perhapsContinued = /(?:[ \t\f\v\r\n]|--[^\r\n]*(?=[\r\n]|$))*-?$/y;

/** The end of an `E'…'` string, where a backslash takes the next character with it. */
export const endOfEscapeString: TokenEnd = (text, from, isLast) => {
  escapeOrQuote.lastIndex = from;
  for (let match = escapeOrQuote.exec(text); match; match = escapeOrQuote.exec(text)) {
    const at = match.index;
    if (at + 1 === text.length && !isLast) return ~at;
    if (match[0] === '\\' || text.charAt(at + 1) === "'") {
      escapeOrQuote.lastIndex = at + 2;
      continue;
    }
    continuation.lastIndex = at + 1;
    perhapsContinued.lastIndex = at + 1;
    if (continuation.test(text)) escapeOrQuote.lastIndex = continuation.lastIndex;
    else return !isLast && perhapsContinued.test(text) ? ~at : at + 1;
  }
  return ~text.length;
};

/** The end of a dollar quote. */
export function endOfDollarQuote(tag: string): TokenEnd {
  return (text, from) => {
    const close = text.indexOf(tag, from);
    return close === -1 ? ~Math.max(from, text.length - tag.length + 1) : close + tag.length;
  };
}

/** The end of a block comment; they nest. */
export function endOfComment(): TokenEnd {
  const edge = /\/\*|\*\//g;
  let depth = 1;
  return (text, from) => {
    let read = from;
    edge.lastIndex = from;
    for (let match = edge.exec(text); match; match = edge.exec(text)) {
      depth += match[0] === '/*' ? 1 : -1;
      read = edge.lastIndex;
      if (depth === 0) return read;
    }
    return ~Math.max(read, /[/*]$/.test(text) ? text.length - 1 : text.length);
  };
}

const lineEnd = /[\r\n]/g;

/** The end of a line comment: the server's scanner ends it at a lone carriage return as well. */
export const endOfLine: TokenEnd = (text, from) => {
  lineEnd.lastIndex = from;
  return lineEnd.test(text) ? lineEnd.lastIndex : ~text.length;
};

const restOfCopyLine = /[ \t]*(?:--[^\r\n]*)?\r?\n/y;
const perhapsRestOfCopyLine = /[ \t]*(?:-|--[^\r\n]*)?\r?$/y;

/**
 * The end of the line of `COPY … FROM stdin;`, which the data begin behind.
 * @throws SplitError when something stands there: psql would run it after the COPY.
 */
export function endOfCopyLine(copyOffset: number): TokenEnd {
  return (text, from, isLast) => {
    restOfCopyLine.lastIndex = from;
    if (restOfCopyLine.test(text)) return restOfCopyLine.lastIndex;
    perhapsRestOfCopyLine.lastIndex = from;
    if (!perhapsRestOfCopyLine.test(text))
      throw new SplitError(
        'the data of COPY … FROM stdin begin on the line below it, so nothing may follow it',
        copyOffset,
      );
    return isLast ? ~text.length : ~from;
  };
}

/** What an end mark needs around it, so that it is seen when a border of the text goes through it: `\n\.\r`. */
const longestPartialMark = 4;

/** The start of the line `\.` that ends the data of a COPY, as psql has it, whatever the format. */
export function endOfCopyData(): TokenEnd {
  let isFirst = true;
  return (text, from, isLast) => {
    const start = from;
    for (let at = text.indexOf('\\.', from); at !== -1; at = text.indexOf('\\.', at + 1)) {
      const startsLine = at === start ? isFirst : text.charAt(at - 1) === '\n';
      if (startsLine && endsLine(text, at + 2, isLast)) return at;
    }
    const held = Math.max(from, text.length - longestPartialMark);
    isFirst &&= held === start;
    return ~held;
  };
}

function endsLine(text: string, at: number, isLast: boolean): boolean {
  if (at === text.length || (at + 1 === text.length && text.charAt(at) === '\r')) return isLast;
  return text.charAt(at) === '\n' || (text.charAt(at) === '\r' && text.charAt(at + 1) === '\n');
}
