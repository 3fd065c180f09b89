/** A place in a file, as editors count: lines and columns from 1, a column is a code point. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** A place with the line that shows it. */
export interface SourcePlace extends SourcePosition {
  readonly excerpt: string;
}

/** The place of a UTF-16 offset in the text. CRLF counts as one line end. */
export function positionAt(text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: Array.from(before.slice(lineStart)).length + 1 };
}

/**
 * UTF-16 offset of PostgreSQL's error position in the text that was sent. The server counts characters (code points) from 1
 * (protocol documentation, "Error and Notice Message Fields", field P).
 */
export function offsetOfServerPosition(sent: string, position: number): number {
  let offset = 0;
  for (let character = 1; character < position && offset < sent.length; character += 1) {
    offset += (sent.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** The line with its number and a caret below the place; the caret is right below it after tabs and wide characters too. */
export function excerptAt(text: string, position: SourcePosition): string {
  return excerptOfLine((text.split('\n')[position.line - 1] ?? '').replace(/\r$/, ''), position);
}

/** The same for a text of which only that line, or the part of it that begins with column 1, is at hand. */
export function excerptOfLine(text: string, { line, column }: SourcePosition): string {
  const source = text.replaceAll('\t', '    ');
  const original = Array.from(text);
  const indent = original.slice(0, column - 1).reduce((width, character) => width + widthOf(character), 0);
  const margin = String(line);
  // A generated one-line file of megabytes must not flood the terminal: a window around the place is enough.
  const from = Math.max(0, indent - 100);
  let width = 0;
  const shown = Array.from(source)
    .filter((character) => {
      const start = width;
      width += widthOf(character);
      return start >= from && start < from + 180;
    })
    .join('');
  return `${margin} | ${shown}\n${' '.repeat(margin.length)} | ${' '.repeat(indent - from)}^`;
}

/** Columns that a terminal gives the character (Unicode UAX #11, simplified to what migrations hold). */
function widthOf(character: string): number {
  if (character === '\t') return 4;
  if (/\p{Mn}|\p{Me}|\u200d|\ufe0f/u.test(character)) return 0;
  if (
    /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(character)
  )
    return 2;
  return 1;
}
