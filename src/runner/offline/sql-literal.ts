/**
 * A value as an SQL literal, as node-postgres would send it as a parameter: text of a type that its place decides. Holds no
 * control character but tab and newline, and no empty line, so that it survives a log, an editor and a checkout.
 * @throws Error for a value that has no such text.
 */
export function sqlLiteral(value: unknown): string {
  const text = parameterText(value);
  if (text === null) return 'NULL';
  return /[\\]|\n\n/.test(text) || controlCharacter.test(text)
    ? escapedLiteral(text)
    : `'${text.replaceAll("'", "''")}'`;
}

/** What `visibleText` would change, but for the newline and the tab. */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** The text as `E'…'`, which means the same whatever standard_conforming_strings says. */
export function escapedLiteral(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replace(new RegExp(controlCharacter, 'g'), escapeOf)
    // CloudWatch has no empty lines: of two line ends in a row the first is written as an escape.
    .replace(/\n(?=\n)/g, '\\n');
  return `E'${escaped}'`;
}

function escapeOf(character: string): string {
  if (character === '\r') return '\\r';
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** `$tag$…$tag$` with a tag that the text does not hold, for our own DO blocks. */
export function dollarQuoted(text: string): string {
  let tag = 'migrate';
  for (let count = 2; text.includes(`$${tag}`); count += 1) tag = `migrate${count}`;
  return `$${tag}$\n${text}\n$${tag}$`;
}

/** The text of a parameter as node-postgres makes it (pg/lib/utils.js, prepareValue); `null` is SQL's NULL. */
function parameterText(value: unknown): string | null {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return null;
      if (ArrayBuffer.isView(value)) return `\\x${hexOf(value)}`;
      if (value instanceof Date) return localTime(value);
      if (Array.isArray(value)) return arrayText(value);
      if ('toPostgres' in value) throw new Error('a value with toPostgres() cannot be written as a literal');
      return JSON.stringify(value);
    case 'function':
    case 'symbol':
      throw new Error(`a ${typeof value} is no value for SQL`);
  }
}

function hexOf(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('hex');
}

function arrayText(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (Array.isArray(value)) return arrayText(value);
    const text = parameterText(value);
    return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

/** Local time with its offset, so that a column without time zone gets the same wall clock as online. */
function localTime(date: Date): string {
  const pad = (number: number, length = 2): string => String(number).padStart(length, '0');
  const offset = -date.getTimezoneOffset();
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
  const size = Math.abs(offset);
  return `${day}T${time}${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
