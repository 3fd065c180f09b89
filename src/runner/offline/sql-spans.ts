import {
  endOfComment,
  endOfDollarQuote,
  endOfEscapeString,
  endOfLine,
  endOfQuotedName,
  endOfString,
  type TokenEnd,
} from '../files/sql-tokens.ts';

/** A piece of SQL text: what psql and the server read as one quoted thing, one comment, or neither. */
export interface SqlSpan {
  readonly kind: 'code' | 'quote' | 'comment';
  readonly text: string;
  /** UTF-16 offset in the whole text. */
  readonly offset: number;
}

/** The beginning of a comment or quote, or a word, which takes its letters and dollar signs with it: `a$b$` is a name. */
const opening =
  /--|\/\*|[eE]'|'|"|\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$|[A-Za-z0-9_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/g;

/** The text in pieces; together they are the text. It must be whole, as {@link splitStatements} accepts it, without COPY data. */
export function sqlSpans(sql: string): readonly SqlSpan[] {
  const spans: SqlSpan[] = [];
  let codeStart = 0;
  const add = (kind: SqlSpan['kind'], from: number, to: number): void => {
    if (to > from) spans.push({ kind, text: sql.slice(from, to), offset: from });
  };
  opening.lastIndex = 0;
  for (let match = opening.exec(sql); match; match = opening.exec(sql)) {
    const [begin] = match;
    const endOf = tokenEnd(begin);
    if (!endOf) continue;
    const found = endOf(sql, match.index + begin.length, true);
    const end = found < 0 ? sql.length : found;
    add('code', codeStart, match.index);
    add(begin === '--' || begin === '/*' ? 'comment' : 'quote', match.index, end);
    codeStart = end;
    opening.lastIndex = end;
  }
  add('code', codeStart, sql.length);
  return spans;
}

function tokenEnd(begin: string): TokenEnd | undefined {
  switch (begin) {
    case '--':
      return endOfLine;
    case '/*':
      return endOfComment();
    case "'":
      return endOfString;
    case '"':
      return endOfQuotedName;
    case "e'":
    case "E'":
      return endOfEscapeString;
    default:
      return begin.startsWith('$') ? endOfDollarQuote(begin) : undefined;
  }
}
