import { visibleText } from '../../contract/visible-text.ts';

/**
 * What the GitHub Actions runner does with a line (its source: actions/runner, ActionCommand.cs): `::name props::data` at the
 * beginning, white space apart, is a command; so is `##[name props]data` anywhere. All lines below are ours: foreign text in
 * them is escaped, so that it can end neither the value nor the line.
 */
export type Annotation = {
  readonly level: 'error' | 'warning';
  readonly message: string;
  readonly title?: string | undefined;
  /** A path within the repository. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
};

/** GitHub shows no more of a kind for one step. */
export const mostAnnotations = 10;

/** The line that shows a message on the page of the run, and at its place in the code. */
export function annotation({ level, message, title, file, line, column }: Annotation): string {
  const properties = { title, file, line, col: column };
  const given = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return `::${level}${given.length === 0 ? '' : ` ${given.join(',')}`}::${escapeData(message)}`;
}

/** The line before lines that are folded; {@link endGroup} comes after them. */
export function beginGroup(title: string): string {
  return `::group::${escapeData(title)}`;
}

export const endGroup = '::endgroup::';

/** The path that a file of the container most likely has in the repository. */
export function pathInRepository(file: string): string {
  return file.replace(/^(?:\.?\/)+/, '');
}

function escapeData(text: string): string {
  // The older form of a command is looked for anywhere in the line, when the newer one does not fit.
  return visibleText(text)
    .replaceAll('##[', '##\\[')
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
