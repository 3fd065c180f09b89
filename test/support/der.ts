/** ASN.1 values in DER, as far as a certificate needs them (ITU-T X.690). */
export type Der = Buffer;

export function sequence(...parts: readonly Der[]): Der {
  return tagged(0x30, Buffer.concat(parts));
}

export function set(...parts: readonly Der[]): Der {
  return tagged(0x31, Buffer.concat(parts));
}

export function integer(bytes: Buffer): Der {
  return tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function boolean(value: 'true' | 'false'): Der {
  return tagged(0x01, Buffer.of(value === 'true' ? 0xff : 0));
}

export function utf8(text: string): Der {
  return tagged(0x0c, Buffer.from(text));
}

export function octets(bytes: Buffer): Der {
  return tagged(0x04, bytes);
}

export function bits(bytes: Buffer): Der {
  return tagged(0x03, Buffer.concat([Buffer.of(0), bytes]));
}

/** A time without fractions, e.g. `20260101000000Z`. */
export function time(at: Date): Der {
  return tagged(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\.\d+Z$/g, '')}Z`));
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap((arc) => base128(arc))]));
}

/** A value under a tag of its own; constructed ones have bit 0x20 set by the caller. */
export function tagged(tag: number, content: Buffer): Der {
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}

function base128(arc: number): readonly number[] {
  const digits = [arc & 0x7f];
  for (let rest = arc >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
