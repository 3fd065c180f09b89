import { open } from 'node:fs/promises';

import { createChecksum } from './checksum.ts';
import { fileChanged, type RevisionFile } from './read-revisions.ts';
import type { TextSpan } from './statement-reader.ts';
import { readBytes } from './text-file.ts';

/** A revision file that is read in parts, and proves at the end that they were parts of the revision. */
export interface VerifiedFile {
  /** The bytes of the span, in parts that are good until the next one. @throws AppError `file-changed` at an early end. */
  readonly read: (span: TextSpan) => AsyncGenerator<Uint8Array>;
  /** Reads the rest. @throws AppError `file-changed` when the whole has another checksum than the revision. */
  readonly verify: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @throws AppError `file-changed` when the file is gone. */
export async function openVerifiedFile({
  path,
  file,
  checksum,
}: Pick<RevisionFile, 'path' | 'file' | 'checksum'>): Promise<VerifiedFile> {
  const handle = await open(path).catch(() => {
    throw fileChanged(file, 'removed');
  });
  const seen = createChecksum();
  /** Everything up to here has gone into the checksum, once. */
  let seenTo = 0;
  const note = (bytes: Uint8Array, offset: number): void => {
    const known = seenTo - offset;
    if (known >= bytes.length) return;
    const startsFile = offset === 0 && known <= 0;
    const mark = startsFile && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    seen.update(bytes.subarray(Math.max(known, mark)));
    seenTo = offset + bytes.length;
  };
  const noteUpTo = async (end: number): Promise<void> => {
    for await (const { bytes, offset } of readBytes(handle, seenTo, end)) note(bytes, offset);
  };
  return {
    read: async function* read({ offset, end }) {
      await noteUpTo(offset);
      let at = offset;
      for await (const part of readBytes(handle, offset, end)) {
        note(part.bytes, part.offset);
        at += part.bytes.length;
        yield part.bytes;
      }
      if (at < end) throw fileChanged(file, 'edited');
    },
    verify: async () => {
      await noteUpTo(Number.MAX_SAFE_INTEGER);
      if (seen.digest() !== checksum) throw fileChanged(file, 'edited');
    },
    close: () => handle.close(),
  };
}
