/** What a revision file of Alembic says of itself, read without running it. */
export interface AlembicRevision {
  readonly id: string;
  /** Ids that it comes behind: its down revisions and what it depends on. */
  readonly after: readonly string[];
  readonly downRevisions: readonly string[];
  /** First line of the docstring. */
  readonly message: string;
  /** 14 digits of its create date, as it is written; `undefined` without one. */
  readonly createdAt: string | undefined;
  readonly fileName: string;
  /** Whether its functions hold nothing but `pass`. */
  readonly isEmpty: boolean;
}

/** Reads the header of a revision file; `undefined` when the file is none. */
export function parseAlembicRevision(text: string, fileName: string): AlembicRevision | undefined {
  const [, , id] = /^revision\s*(?::[^=\n]*)?=\s*(['"])(.+?)\1/m.exec(text) ?? [];
  if (id === undefined) return undefined;
  const downRevisions = namesIn('down_revision', text);
  const [, , docstring = ''] = /^(?:\s*#.*\n)*\s*[rRuU]?("""|''')([\s\S]*?)\1/.exec(text) ?? [];
  const message = docstring
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !/^(?:Revision ID|Revises|Create Date):/.test(line));
  const [, ...date] = /^Create Date:\s*(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)/m.exec(text) ?? [];
  return {
    id,
    downRevisions,
    after: [...downRevisions, ...namesIn('depends_on', text)],
    message: message ?? id,
    createdAt: date.length === 6 ? date.join('') : undefined,
    fileName,
    isEmpty: [...text.matchAll(/^def (?:upgrade|downgrade)\([^)]*\)[^:\n]*:\n((?:[ \t].*\n?|\n)*)/gm)].every(
      ([, body = '']) => body.replaceAll(/#.*$|"""[\s\S]*?"""/gm, '').trim() === 'pass',
    ),
  };
}

function namesIn(variable: string, text: string): readonly string[] {
  const [, value = ''] =
    new RegExp(`^${variable}[^=\\n]*=\\s*(\\([^)]*\\)|\\[[^\\]]*\\]|[^\\n]*)`, 'm').exec(text) ?? [];
  return Array.from(value.replaceAll(/#.*$/gm, '').matchAll(/(['"])(.+?)\1/g), ([, , name = '']) => name);
}
