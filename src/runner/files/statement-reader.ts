import type { BatchMarker } from './batch-marker.ts';
import { SplitError } from './split-error.ts';

/** Where a statement stands, in offsets of all the text that the lexer was given. */
export interface StatementSpan {
  readonly offset: number;
  /** Behind its last character, without the semicolon. */
  readonly end: number;
  /** Its first words in upper case, e.g. `['CREATE', 'INDEX', 'CONCURRENTLY']`: at most eight, quoted names left out. */
  readonly words: readonly string[];
  /** The data lines of a `COPY … FROM stdin`; the line `\.` begins at `end`. */
  readonly copyData?: TextSpan;
  /** The marker above it that says to run it in batches. */
  readonly batch?: BatchMarker;
}

export interface TextSpan {
  readonly offset: number;
  readonly end: number;
}

/** Puts a statement together from its tokens, and knows whether a semicolon ends it. */
export interface StatementReader {
  /** Whether a token of it has been taken; comments are none. */
  readonly hasBegun: () => boolean;
  readonly offset: () => number;
  readonly begin: (offset: number) => void;
  /** @throws SplitError for `COPY … TO stdout`. */
  readonly takeWord: (text: string, from: number, to: number, end: number) => void;
  /** Takes a token that is no word, and ends at `end`; the sign of a parenthesis or a dot. */
  readonly takeOther: (end: number, sign?: string) => void;
  readonly endsAtSemicolon: () => boolean;
  readonly awaitsCopyData: () => boolean;
  /** Tells the statement, if there is one, and forgets it. */
  readonly finish: (copyData?: TextSpan) => void;
}

export function createStatementReader(onStatement: (statement: StatementSpan) => void): StatementReader {
  let offset = -1;
  let end = -1;
  let words: string[] = [];
  let depth = 0;
  let atomic = 0;
  let previousWord = '';
  let isBehindDot = false;
  let awaitsCopyData = false;

  const followBody = (word: string): void => {
    // Behind AS, and behind a dot, it is the name of a column.
    const isName = previousWord === 'AS' || isBehindDot;
    if (word === 'ATOMIC' && previousWord === 'BEGIN') atomic = 1;
    else if (atomic > 0 && word === 'CASE' && !isName) atomic += 1;
    else if (atomic > 0 && word === 'END' && !isName) atomic -= 1;
  };
  const followCopy = (word: string): void => {
    // The grammar takes either word in either direction.
    if (depth > 0 || (word !== 'STDIN' && word !== 'STDOUT')) return;
    if (previousWord === 'FROM') awaitsCopyData = true;
    if (previousWord === 'TO') throw new SplitError('COPY … TO stdout has nobody here who would take its rows', offset);
  };

  return {
    hasBegun: () => offset !== -1,
    offset: () => offset,
    begin: (at) => {
      offset = at;
    },
    takeWord: (text, from, to, wordEnd) => {
      end = wordEnd;
      const [first] = words;
      if (words.length >= 8 && first !== 'CREATE' && first !== 'COPY') return;
      const word = text.slice(from, to).toUpperCase();
      if (words.length < 8) words.push(word);
      if (first === 'CREATE') followBody(word);
      if (first === 'COPY') followCopy(word);
      previousWord = word;
      isBehindDot = false;
    },
    takeOther: (tokenEnd, sign) => {
      end = tokenEnd;
      previousWord = '';
      isBehindDot = sign === '.';
      if (sign === '(') depth += 1;
      if (sign === ')') depth = Math.max(0, depth - 1);
    },
    endsAtSemicolon: () => depth === 0 && atomic === 0,
    awaitsCopyData: () => awaitsCopyData,
    finish: (copyData) => {
      if (offset !== -1) onStatement({ offset, end, words, ...(copyData && { copyData }) });
      offset = -1;
      words = [];
      depth = 0;
      atomic = 0;
      previousWord = '';
      isBehindDot = false;
      awaitsCopyData = false;
    },
  };
}
