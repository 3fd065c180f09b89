import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';

import { firstInvalidByte, holdsNul, isUtf16, notUtf8, utf16 } from './normalised-text.ts';

/** A part of a file, whole characters; the bytes are good until the next part is asked for. */
export interface FilePart {
  readonly bytes: Buffer;
  /** Offset of its first byte in the file. */
  readonly offset: number;
}

/** So much is read at once. */
const readLength = 262_144;
/** Small enough that the strings made of it die young: parts of 256 KiB take 100 MiB more. */
const partLength = 65_536;
const byteOrderMark = Buffer.from('\ufeff');

/** What the system says of a file's content: another one after every edit, as far as the clock of its file system tells. */
export type FileState = string;

/**
 * The text of a file in parts, without a byte order mark.
 * @throws AppError `unreadable-text` as {@link decodeText} does.
 */
export async function* readTextParts(
  path: string,
  file: string,
  /** Told the state of the file before the first part. */
  onOpen?: (state: FileState) => void,
): AsyncGenerator<FilePart> {
  const handle = await open(path);
  try {
    if (onOpen) onOpen(await stateOf(handle));
    /** The bytes of a character that the end of what was read last has cut. */
    let cutOff = Buffer.alloc(0);
    let end = 0;
    for await (const { bytes: read, offset: readAt } of readBytes(handle, 0, Number.MAX_SAFE_INTEGER)) {
      const offset = readAt - cutOff.length;
      end = readAt + read.length;
      const whole = cutOff.length === 0 ? read : joined(cutOff, read);
      const cut = wholeCharacters(whole, whole.length);
      const bytes = whole.subarray(0, cut);
      // Copied, since it is to outlive what was read.
      cutOff = Buffer.from(whole.subarray(cut));
      await refuseUnreadablePart(bytes, { offset, file, handle });
      let from = offset === 0 && bytes.indexOf(byteOrderMark) === 0 ? byteOrderMark.length : 0;
      while (from < cut) {
        const to = from + partLength < cut ? wholeCharacters(bytes, from + partLength) : cut;
        yield { bytes: bytes.subarray(from, to), offset: offset + from };
        from = to;
      }
    }
    // A character that nothing ends.
    await refuseUnreadablePart(cutOff, { offset: end - cutOff.length, file, handle });
  } finally {
    await handle.close();
  }
}

async function stateOf(handle: FileHandle): Promise<FileState> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

async function refuseUnreadablePart(
  bytes: Buffer,
  { offset, file, handle }: { readonly offset: number; readonly file: string; readonly handle: FileHandle },
): Promise<void> {
  if (offset === 0 && isUtf16(bytes)) throw utf16(file);
  if (!isUtf8(bytes)) {
    const byte = offset + firstInvalidByte(bytes);
    throw notUtf8(file, { byte, line: await lineAt(handle, byte) });
  }
  if (bytes.includes(0)) throw holdsNul(file, await lineAt(handle, offset + bytes.indexOf(0)));
}

/** The bytes of both, in place: {@link readBytes} leaves room before what it reads. */
function joined(before: Uint8Array, { buffer, byteOffset, length }: Buffer): Buffer {
  const all = Buffer.from(buffer, byteOffset - before.length, before.length + length);
  all.set(before);
  return all;
}

/** A character has four bytes at most. */
const roomBefore = 4;

/**
 * Bytes between two offsets of a file, in parts that are good until the next one is asked for; fewer when the file ends. The
 * next part is read while one is worked on: a thread has to be woken for each.
 */
export async function* readBytes(handle: FileHandle, from: number, to: number): AsyncGenerator<FilePart> {
  if (from >= to) return;
  const length = Math.min(readLength, to - from);
  const readInto = async (buffer: Buffer, offset: number): Promise<FilePart> => {
    const { bytesRead } = await handle.read(buffer, roomBefore, Math.min(length, to - offset), offset);
    return { bytes: buffer.subarray(roomBefore, roomBefore + bytesRead), offset };
  };
  let buffer: Buffer = Buffer.allocUnsafe(roomBefore + length);
  let other: Buffer | undefined;
  let next = readInto(buffer, from);
  try {
    for (;;) {
      const part = await next;
      if (part.bytes.length === 0) return;
      const end = part.offset + part.bytes.length;
      if (end >= to) return yield part;
      [buffer, other] = [other ?? Buffer.allocUnsafe(roomBefore + length), buffer];
      next = readInto(buffer, end);
      // What nobody asks for any more has nobody to tell its failure to.
      next.catch(() => undefined);
      yield part;
    }
  } finally {
    // The file may be closed only when nothing reads it any more.
    await next.catch(() => undefined);
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
