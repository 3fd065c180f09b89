import { open, type FileHandle } from 'node:fs/promises';

import { excerptOfLine, type SourcePlace } from './source-position.ts';
import { lineAt, readBytes } from './text-file.ts';

/** A place as bytes from the start of the file, and from there so many characters or lines on. */
export interface FileOffset {
  readonly offset: number;
  /** Code points, as the server counts its positions. */
  readonly characters?: number;
  readonly lines?: number;
}

/** How many bytes around the place are enough for an excerpt. */
const window = 2_048;
/** How far it goes back at a time to find the start of a long line. */
const step = 65_536;

/** Finds the place again by reading the file once more, which only a failure has to pay for; holds no long line. */
export async function placeInFile(
  path: string,
  { offset, characters = 0, lines = 0 }: FileOffset,
): Promise<SourcePlace> {
  const handle = await open(path);
  try {
    const target = await advance(handle, offset, { characters, lines });
    const lineStart = await startOfLine(handle, target);
    const line = await lineAt(handle, target);
    const column = (await countCharacters(handle, lineStart, target)) + 1;
    const shownFrom = Math.max(lineStart, target - window);
    const shown = await readLineText(handle, shownFrom, target + window);
    const cutAway = column - 1 - (await countCharacters(handle, shownFrom, target));
    return { line, column, excerpt: excerptOfLine(shown, { line, column: column - cutAway }) };
  } finally {
    await handle.close();
  }
}

async function advance(
  handle: FileHandle,
  from: number,
  { characters, lines }: { readonly characters: number; readonly lines: number },
): Promise<number> {
  let charactersLeft = characters;
  let linesLeft = lines;
  for await (const { bytes, offset } of readBytes(handle, from, Number.MAX_SAFE_INTEGER)) {
    for (let at = 0; at < bytes.length; at += 1) {
      if (charactersLeft <= 0 && linesLeft <= 0 && !isInsideCharacter(bytes[at])) return offset + at;
      if (bytes[at] === 0x0a) linesLeft -= 1;
      if (!isInsideCharacter(bytes[at])) charactersLeft -= 1;
    }
  }
  return (await handle.stat()).size;
}

async function startOfLine(handle: FileHandle, target: number): Promise<number> {
  for (let to = target; to > 0;) {
    const from = Math.max(0, to - step);
    let start = -1;
    for await (const { bytes, offset } of readBytes(handle, from, to)) {
      const end = bytes.lastIndexOf(0x0a);
      if (end !== -1) start = offset + end + 1;
    }
    if (start !== -1) return start;
    to = from;
  }
  for await (const { bytes } of readBytes(handle, 0, 3)) return bytes.toString() === '\ufeff' ? 3 : 0;
  return 0;
}

async function countCharacters(handle: FileHandle, from: number, to: number): Promise<number> {
  let count = 0;
  for await (const { bytes } of readBytes(handle, from, to)) {
    for (const byte of bytes) if (!isInsideCharacter(byte)) count += 1;
  }
  return count;
}

/** The text from the offset to the end of its line, or to the limit. */
async function readLineText(handle: FileHandle, from: number, limit: number): Promise<string> {
  for await (const { bytes } of readBytes(handle, from, limit)) {
    // The window may begin and end inside a character.
    let start = 0;
    while (isInsideCharacter(bytes[start])) start += 1;
    const end = bytes.indexOf(0x0a, start);
    return bytes.toString('utf8', start, end === -1 ? bytes.length : end).replace(/[\r\ufffd]$/, '');
  }
  return '';
}

function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
