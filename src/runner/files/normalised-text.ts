import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';

/**
 * The text of a revision file. Kept as it is, CRLF included (positions count in it), but for a byte order mark.
 * @throws as {@link refuseUnreadable}.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  refuseUnreadable(bytes, file);
  return new TextDecoder().decode(bytes);
}

/**
 * @throws AppError `unreadable-text` for UTF-16 and invalid UTF-8 (with the byte's offset) and for NUL (with its line):
 * PostgreSQL would refuse them with an error that names no place.
 */
export function refuseUnreadable(bytes: Uint8Array, file: string): void {
  if (!isUtf8(bytes)) {
    if (isUtf16(bytes)) throw utf16(file);
    const byte = firstInvalidByte(bytes);
    throw notUtf8(file, { byte, line: linesIn(bytes.subarray(0, byte)) });
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) throw holdsNul(file, linesIn(bytes.subarray(0, nul)));
}

/** sha256 (hex) of the text with LF line ends: a checkout on Windows must not count as an edit. */
export function checksumOf(text: string): string {
  return hash('sha256', text.replaceAll('\r\n', '\n'));
}

/** The same of the text in these bytes, with or without a byte order mark. */
export function checksumOfBytes(bytes: Buffer): string {
  const unmarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  return unmarked.includes('\r\n') ? checksumOf(unmarked.toString()) : hash('sha256', unmarked);
}

/** Whether the bytes begin with the byte order mark of UTF-16. */
export function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

export function utf16(file: string): AppError {
  return unreadable(`${file} is UTF-16`, `Save ${file} as UTF-8 (PowerShell: Out-File -Encoding utf8).`);
}

export function notUtf8(file: string, { byte, line }: { readonly byte: number; readonly line: number }): AppError {
  return unreadable(`${file}:${line} is not valid UTF-8 (byte ${byte} of the file)`, `Save ${file} as UTF-8.`);
}

export function holdsNul(file: string, line: number): AppError {
  return unreadable(
    `${file}:${line} holds a NUL character, which PostgreSQL cannot store`,
    `Remove it from line ${line}.`,
  );
}

function unreadable(message: string, hint: string): AppError {
  return new AppError({ code: 'unreadable-text', exitCode: exitCodes.usage, message: `${message}.`, hint });
}

/** Offset of the byte at which the bytes, which are not UTF-8, begin to be wrong. */
export function firstInvalidByte(bytes: Uint8Array): number {
  // The longest valid prefix, by bisection; a cut inside a character is not an error while streaming.
  let valid = 0;
  let invalid = bytes.length;
  while (valid < invalid) {
    const middle = Math.ceil((valid + invalid) / 2);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      invalid = middle - 1;
    }
  }
  // A character that begins well and does not go on is no error while streaming: it begins up to three bytes back.
  for (let back = 1; back <= Math.min(3, valid); back += 1) {
    const byte = bytes[valid - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? valid - back : valid;
  }
  return valid;
}

/** The line, from 1, on which the bytes end. */
function linesIn(bytes: Uint8Array): number {
  return bytes.reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 1);
}
