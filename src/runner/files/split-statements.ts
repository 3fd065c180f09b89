/** One SQL statement of a text, without the comments around it and without its semicolon. */
export interface Statement {
  readonly text: string;
  /** UTF-16 offset of its first character in the text that was split. */
  readonly offset: number;
  /** Its first words in upper case, e.g. `['CREATE', 'INDEX', 'CONCURRENTLY']`: at most eight, quoted names left out. */
  readonly words: readonly string[];
}

/** Why a text cannot be split, and where. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The scanner's own whitespace: a no-break space is a letter to it. */
const whitespace = /[ \t\n\r\f\v]/;
const identifierStart = /[A-Za-z_\u0080-\uffff]/;
const word = /[A-Za-z0-9_$\u0080-\uffff]+/y;
/** What lets a string go on on the next line with the rules of its beginning. */
const continuation = /[ \t\f\v]*(?:--[^\r\n]*)?[\r\n](?:[ \t\f\v\r\n]|--[^\r\n]*[\r\n])*'/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;

/**
 * Splits SQL into statements as PostgreSQL's own scanner would (documentation, "Lexical Structure"): string constants with
 * their escapes, dollar quotes, nested comments, quoted names, `BEGIN ATOMIC … END` bodies and the parentheses of
 * `CREATE RULE … DO ( …; … )` keep their semicolons.
 * @throws SplitError for an unterminated quote or comment, a psql meta-command, and `COPY … FROM stdin` with inline data.
 */
export function splitStatements(sql: string): readonly Statement[] {
  const statements: Statement[] = [];
  let start = -1;
  let end = 0;
  let words: string[] = [];
  let depth = 0;
  let atomic = 0;
  let previousWord = '';
  let isCopyFromStdin = false;

  const finish = (): void => {
    if (isCopyFromStdin) throw new SplitError('COPY … FROM stdin with inline data is not supported', start);
    if (start !== -1) statements.push({ text: sql.slice(start, end), offset: start, words });
    start = -1;
    words = [];
    depth = 0;
    atomic = 0;
    previousWord = '';
  };

  for (let at = 0; at < sql.length;) {
    const character = sql.charAt(at);
    const next = sql.charAt(at + 1);
    if (whitespace.test(character)) {
      at += 1;
      continue;
    }
    if (character === '-' && next === '-') {
      at = endOfLine(sql, at);
      continue;
    }
    if (character === '/' && next === '*') {
      at = endOfComment(sql, at);
      continue;
    }
    if (character === ';' && depth === 0 && atomic === 0) {
      finish();
      at += 1;
      continue;
    }
    if (start === -1) {
      if (character === '\\') throw new SplitError(`psql's command ${firstWord(sql, at)} is not SQL`, at);
      start = at;
    }
    const after = endOfToken(sql, at);
    if (identifierStart.test(character) && !isQuoteAt(sql, at)) {
      const text = sql.slice(at, after).toUpperCase();
      if (words.length < 8) words.push(text);
      const isName = previousWord === 'AS' || sql.charAt(end - 1) === '.';
      if (text === 'ATOMIC' && previousWord === 'BEGIN') atomic = 1;
      else if (atomic > 0 && text === 'CASE' && !isName) atomic += 1;
      else if (atomic > 0 && text === 'END' && !isName) atomic -= 1;
      else if (words[0] === 'COPY' && previousWord === 'FROM' && text === 'STDIN') isCopyFromStdin = true;
      previousWord = text;
    } else {
      previousWord = '';
    }
    if (character === '(') depth += 1;
    if (character === ')') depth = Math.max(0, depth - 1);
    at = after;
    end = after;
  }
  finish();
  return statements;
}

function endOfToken(sql: string, at: number): number {
  const character = sql.charAt(at);
  if (isQuoteAt(sql, at)) return endOfString(sql, at);
  if (character === '"') return endOfQuoted(sql, at, '"', 'quoted name');
  if (character === '$') {
    dollarTag.lastIndex = at;
    const tag = dollarTag.exec(sql)?.[0];
    if (tag === undefined) return at + 1;
    const close = sql.indexOf(tag, at + tag.length);
    if (close === -1) throw new SplitError(`the dollar quote ${tag} is never closed`, at);
    return close + tag.length;
  }
  word.lastIndex = at;
  // A word takes its dollar signs with it (`a$b$` is a name, not a quote); a number does so harmlessly.
  return word.test(sql) ? word.lastIndex : at + 1;
}

/** Whether a string constant begins here, with its prefix if any: `'`, `E'`, `B'`, `X'`, `N'`, `U&'`. */
function isQuoteAt(sql: string, at: number): boolean {
  const character = sql.charAt(at);
  if (character === "'") return true;
  if (/[eEbBxXnN]/.test(character)) return sql.charAt(at + 1) === "'";
  return /[uU]/.test(character) && sql.charAt(at + 1) === '&' && sql.charAt(at + 2) === "'";
}

function endOfString(sql: string, at: number): number {
  const open = sql.indexOf("'", at);
  if (!/[eE]/.test(sql.charAt(at))) return endOfQuoted(sql, open, "'", 'string');
  for (let position = open + 1; position < sql.length; position += 1) {
    const character = sql.charAt(position);
    if (character === '\\') position += 1;
    else if (character === "'" && sql.charAt(position + 1) === "'") position += 1;
    else if (character === "'") {
      continuation.lastIndex = position + 1;
      if (!continuation.test(sql)) return position + 1;
      position = continuation.lastIndex - 1;
    }
  }
  throw new SplitError('a string is never closed', at);
}

function endOfQuoted(sql: string, at: number, quote: string, what: string): number {
  for (let position = sql.indexOf(quote, at + 1); position !== -1; position = sql.indexOf(quote, position + 2)) {
    if (sql.charAt(position + 1) !== quote) return position + 1;
  }
  throw new SplitError(`a ${what} is never closed`, at);
}

function endOfLine(sql: string, at: number): number {
  const end = /[\r\n]/g;
  end.lastIndex = at;
  return end.test(sql) ? end.lastIndex : sql.length;
}

function endOfComment(sql: string, at: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at + 2;
  for (let depth = 1; depth > 0;) {
    const match = edge.exec(sql);
    if (!match) throw new SplitError('a comment is never closed', at);
    depth += match[0] === '/*' ? 1 : -1;
  }
  return edge.lastIndex;
}

function firstWord(sql: string, at: number): string {
  return /\S+/.exec(sql.slice(at, at + 40))?.[0] ?? '';
}
