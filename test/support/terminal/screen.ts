/** What a terminal shows: the screen, and the lines that have scrolled out of it. */
export interface Screen {
  write(text: string): void;
  resize(columns: number, rows: number): void;
  /** Everything from the first line to the last that is not empty, without trailing blanks. */
  lines(): readonly string[];
  /** The rows on the screen from the top, trailing blanks cut. */
  visible(): readonly string[];
  cursor(): { readonly row: number; readonly column: number };
  /** Addresses of the hyperlinks (OSC 8) that were written. */
  links(): readonly string[];
}

/** One cell; the second cell of a wide character is empty. */
type Row = string[];

// eslint-disable-next-line no-control-regex -- terminal sequences are what this reads
const token = /\u001b\[([?>=]?)([\d;:]*)([@-~])|\u001b\]([^\u0007\u001b]*)(?:\u0007|\u001b\\)|[\u0000-\u001f]|\u001b/y;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A small terminal, as strict as needed: it knows what a program of ours may send and throws on everything else, so that a
 * control sequence of somebody else's cannot pass unseen. When its width changes it cuts lines as xterm does, or breaks them
 * anew as most others do.
 */
export function createScreen(columns: number, rows: number, onResize: 'cut' | 'reflow' = 'cut'): Screen {
  let scrolledOut: Row[] = [];
  /** Rows that go on in the next one, since they were full. */
  const continued = new WeakSet<Row>();
  let grid: Row[] = Array.from({ length: rows }, () => []);
  let [row, column] = [0, 0];
  let autowrap = true;
  let rest = '';
  const links: string[] = [];

  const lineFeed = (): void => {
    if (row < rows - 1) row += 1;
    else {
      scrolledOut.push(grid.shift() ?? []);
      grid.push([]);
    }
  };
  const put = (character: string): void => {
    const width = isWide(character) ? 2 : 1;
    if (column + width > columns) {
      if (autowrap) {
        continued.add((grid[row] ??= []));
        column = 0;
        lineFeed();
      } else column = columns - width;
    }
    const line = (grid[row] ??= []);
    while (line.length < column) line.push(' ');
    line[column] = character;
    if (width === 2) line[column + 1] = '';
    column += width;
  };
  const control = (kind: string, values: string, final: string): void => {
    const [first = 0] = values.split(/[;:]/).map(Number);
    const count = Math.max(1, first);
    const line = (grid[row] ??= []);
    if (kind === '?') {
      if (first === 7) autowrap = final === 'h';
      // 25 shows and hides the cursor, 2026 holds the picture back until it is whole.
      else if (first !== 25 && first !== 2026) throw new Error(`unexpected mode ${first}`);
    } else if (final === 'A') row = Math.max(0, row - count);
    else if (final === 'B') row = Math.min(rows - 1, row + count);
    else if (final === 'C') column = Math.min(columns - 1, column + count);
    else if (final === 'D') column = Math.max(0, Math.min(column, columns - 1) - count);
    else if (final === 'G') column = Math.min(columns, count) - 1;
    else if (final === 'K' && first === 0) line.length = Math.min(line.length, column);
    else if (final === 'K' && first === 2) line.length = 0;
    else if (final === 'J' && first === 0) {
      line.length = Math.min(line.length, column);
      for (let below = row + 1; below < rows; below += 1) grid[below] = [];
    } else if (final !== 'm') throw new Error(`unexpected sequence ESC[${kind}${values}${final}`);
  };
  const obey = ([text, kind = '', values = '', final, command]: RegExpExecArray): void => {
    if (final !== undefined) control(kind, values, final);
    else if (command !== undefined) {
      const [, address] = /^8;[^;]*;(.*)$/s.exec(command) ?? [];
      if (address === undefined) throw new Error(`unexpected command OSC ${command}`);
      if (address !== '') links.push(address);
    } else if (text === '\r') column = 0;
    else if (text === '\n') lineFeed();
    else if (text === '\b') column = Math.max(0, column - 1);
    else if (text === '\t') column = Math.min(columns - 1, (Math.floor(column / 8) + 1) * 8);
    else throw new Error(`unexpected control character ${JSON.stringify(text)}`);
  };
  const all = (lines: readonly Row[]): readonly string[] => lines.map((cells) => cells.join('').trimEnd());

  return {
    write(written) {
      let text = rest + written;
      // A sequence may be cut in two by the pipe.
      // eslint-disable-next-line no-control-regex -- as above
      rest = /\u001b(?:\[[?>=]?[\d;:]*|\][^\u0007\u001b]*\u001b?)?$/.exec(text)?.[0] ?? '';
      text = text.slice(0, text.length - rest.length);
      for (let at = 0; at < text.length;) {
        token.lastIndex = at;
        const found = token.exec(text);
        if (found) {
          obey(found);
          at = token.lastIndex;
          continue;
        }
        // eslint-disable-next-line no-control-regex -- as above
        const [plain = ''] = /^[^\u0000-\u001f]+/.exec(text.slice(at)) ?? [];
        for (const { segment } of graphemes.segment(plain)) put(segment);
        at += plain.length;
      }
    },
    resize(newColumns, newRows) {
      if (onResize === 'reflow') {
        const broken = reflow(
          [...scrolledOut, ...grid],
          { row: scrolledOut.length + row, column },
          newColumns,
          continued,
        );
        const first = Math.max(0, Math.min(broken.rows.length - newRows, broken.row));
        scrolledOut = broken.rows.slice(0, first);
        grid = broken.rows.slice(first, first + newRows);
        [row, column, columns, rows] = [broken.row - first, broken.column, newColumns, newRows];
        while (grid.length < newRows) grid.push([]);
        return;
      }
      while (newRows < grid.length) {
        if (row > 0) {
          scrolledOut.push(grid.shift() ?? []);
          row -= 1;
        } else grid.pop();
      }
      while (grid.length < newRows) grid.push([]);
      columns = newColumns;
      rows = newRows;
      for (const line of grid) line.length = Math.min(line.length, columns);
      column = Math.min(column, columns - 1);
    },
    lines: () => {
      const lines = [...all([...scrolledOut, ...grid])];
      while (lines.at(-1) === '') lines.pop();
      return lines;
    },
    visible: () => all(grid),
    cursor: () => ({ row, column }),
    links: () => links,
  };
}

/** All rows broken anew for a width, and where the cursor is then: with the character on which it was. */
function reflow(
  rows: readonly Row[],
  cursor: { readonly row: number; readonly column: number },
  columns: number,
  continued: WeakSet<Row>,
): { readonly rows: Row[]; readonly row: number; readonly column: number } {
  const broken: Row[] = [];
  let line: Row = [];
  let cursorAt: number | undefined;
  let [row, column] = [0, 0];
  rows.forEach((cells, index) => {
    if (index === cursor.row) cursorAt = line.length + cursor.column;
    line.push(...cells);
    if (continued.has(cells)) return;
    let from = 0;
    do {
      // A wide character is not cut in two.
      const end = from + columns - (line[from + columns] === '' ? 1 : 0);
      const part = line.slice(from, end);
      if (cursorAt !== undefined && cursorAt >= from && (cursorAt < end || end >= line.length))
        [row, column] = [broken.length, Math.min(cursorAt - from, columns - 1)];
      if (end < line.length) continued.add(part);
      broken.push(part);
      from = end;
    } while (from < line.length);
    [line, cursorAt] = [[], undefined];
  });
  while (broken.length > row + 1 && broken.at(-1)?.length === 0) broken.pop();
  return { rows: broken, row, column };
}

/** Emoji and East Asian wide characters take two cells. */
function isWide(character: string): boolean {
  return /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u.test(
    character,
  );
}
