import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';

import { firstInvalidByte, holdsNul, isUtf16, notUtf8, utf16 } from './normalised-text.ts';

/** A part of a file, whole characters; the bytes are good until the next part is asked for. */
export interface FilePart {
  readonly bytes: Buffer;
  /** Offset of its first byte in the file. */
  readonly offset: number;
}

/** So much is read at once; the thread that reads has to be woken for each. */
const readLength = 262_144;
/** Small enough that the strings made of it die young: parts of 256 KiB take 100 MiB more. */
const partLength = 65_536;
const byteOrderMark = Buffer.from('\ufeff');

/**
 * The text of a file in parts, without a byte order mark.
 * @throws AppError `unreadable-text` as {@link decodeText} does.
 */
export async function* readTextParts(path: string, file: string): AsyncGenerator<FilePart> {
  const handle = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(readLength);
    let held = 0;
    for (let offset = 0; ;) {
      const { bytesRead } = await handle.read(buffer, held, readLength - held, offset + held);
      const read = held + bytesRead;
      if (read === 0) return;
      const cut = bytesRead === 0 ? read : wholeCharacters(buffer, read);
      const bytes = buffer.subarray(0, cut);
      if (offset === 0 && isUtf16(bytes)) throw utf16(file);
      if (!isUtf8(bytes)) {
        const byte = offset + firstInvalidByte(bytes);
        throw notUtf8(file, { byte, line: await lineAt(handle, byte) });
      }
      if (bytes.includes(0)) throw holdsNul(file, await lineAt(handle, offset + bytes.indexOf(0)));
      let from = offset === 0 && bytes.indexOf(byteOrderMark) === 0 ? byteOrderMark.length : 0;
      while (from < cut) {
        const to = from + partLength < cut ? wholeCharacters(buffer, from + partLength) : cut;
        yield { bytes: buffer.subarray(from, to), offset: offset + from };
        from = to;
      }
      buffer.copy(buffer, 0, cut, read);
      held = read - cut;
      offset += cut;
    }
  } finally {
    await handle.close();
  }
}

/** Bytes between two offsets of a file, in parts that are good until the next one is asked for; fewer when the file ends. */
export async function* readBytes(handle: FileHandle, from: number, to: number): AsyncGenerator<FilePart> {
  const buffer = Buffer.allocUnsafe(Math.min(readLength, Math.max(0, to - from)));
  for (let offset = from; offset < to;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - offset), offset);
    if (bytesRead === 0) return;
    yield { bytes: buffer.subarray(0, bytesRead), offset };
    offset += bytesRead;
  }
}

/** Line, from 1, of the byte at the offset. */
export async function lineAt(handle: FileHandle, offset: number): Promise<number> {
  let line = 1;
  for await (const { bytes } of readBytes(handle, 0, offset)) {
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) line += 1;
  }
  return line;
}

/** The length without a character at the end that is not whole there. */
function wholeCharacters(bytes: Uint8Array, length: number): number {
  for (let back = 1; back <= Math.min(3, length); back += 1) {
    const byte = bytes[length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? length - back : length;
  }
  return length;
}
