import { createHash } from 'node:crypto';

/** A checksum of a text of which the bytes come in parts, cut anywhere, without a byte order mark. */
export interface TextChecksum {
  readonly update: (bytes: Uint8Array) => void;
  /** sha256 (hex) of the text with LF line ends: the same as that of the whole text. */
  readonly digest: () => string;
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

export function createChecksum(): TextChecksum {
  const hash = createHash('sha256');
  /** A carriage return at the end of a part counts only if no line feed begins the next. */
  let held = false;
  const release = (): void => {
    if (held) hash.update('\r');
    held = false;
  };
  return {
    update: (bytes) => {
      if (bytes.length === 0) return;
      if (bytes[0] === lineFeed) held = false;
      release();
      held = bytes.at(-1) === carriageReturn;
      const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - (held ? 1 : 0));
      if (part.includes(carriageReturn)) hash.update(part.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
      else hash.update(part);
    },
    digest: () => {
      release();
      return hash.digest('hex');
    },
  };
}
