/** What `-- migrate:batch table=… key=… size=…` above a statement says: it is run for so many rows at a time. */
export interface BatchMarker {
  readonly table: string;
  /** Default: the primary key. */
  readonly key: readonly string[] | undefined;
  /** Most rows of one batch. */
  readonly size: number;
}

/** Why the line is none, and how far behind its start. */
export interface BatchMarkerProblem {
  readonly problem: string;
  readonly at: number;
  readonly hint?: string;
}

const form = 'Write `-- migrate:batch table=<table> key=<columns> size=<rows>`; key and size can be left out.';
const name = String.raw`(?:"(?:[^"]|"")+"|[^\s",.=]+)`;
const names = new RegExp(`^${name}(?:[.,]${name})*$`, 'u');
const option = /(\S*?)=((?:"(?:[^"]|"")*"|[^\s"])*)|\S+/gu;

/** Reads the options of a batch marker; `options` is the rest of its line, and begins so many characters behind its start. */
export function parseBatchMarker(options: string, begin: number): BatchMarker | BatchMarkerProblem {
  const given = new Map<string, string>();
  for (const match of options.matchAll(option)) {
    const [word, key, value = ''] = match;
    const at = begin + match.index;
    if (key === undefined || !/^(?:table|key|size)$/.test(key))
      return { problem: `unknown option "${word}"`, at, hint: form };
    if (given.has(key)) return { problem: `a second "${key}="`, at, hint: form };
    if (key === 'size' && !/^[1-9]\d{0,6}$/.test(value))
      return { problem: `"${word}" is no number of rows from 1 to 9999999`, at };
    if (key !== 'size' && !names.test(value))
      return { problem: `"${word}" names no ${key === 'key' ? 'columns' : 'table'}`, at, hint: form };
    given.set(key, value);
  }
  const table = given.get('table');
  if (table === undefined) return { problem: '"migrate:batch" does not say which table', at: 0, hint: form };
  const key = given
    .get('key')
    ?.match(new RegExp(name, 'gu'))
    ?.map((column) => column.replaceAll('""', '"'));
  return { table, key, size: Number(given.get('size') ?? 1_000) };
}
