import { sqlSpans } from '../offline/sql-spans.ts';

/** As many lines of each side are shown. */
const longestSide = 8;

/** What differs between two texts, as `- line` and `+ line`, from the first line that differs to the last. */
export function differingLines(before: string, after: string): readonly string[] {
  const old = before.split('\n');
  const now = after.split('\n');
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  return [...shown('-', old.slice(start, old.length - end)), ...shown('+', now.slice(start, now.length - end))];
}

function shown(sign: string, lines: readonly string[]): readonly string[] {
  const more = lines.length - longestSide;
  return [
    ...lines.slice(0, longestSide).map((line) => `${sign} ${line.length > 160 ? `${line.slice(0, 160)}…` : line}`),
    ...(more > 0 ? [`${sign} … and ${more} more lines`] : []),
  ];
}

/** A statement without its comments and without white space that means nothing; quoted text stays as it is. */
export function withoutRemarks(statement: string): string {
  let code = '';
  let text = '';
  const takeCode = (): void => {
    text += code.replace(/\s+/g, ' ').replace(/ ?([(),]) ?/g, '$1');
    code = '';
  };
  for (const span of sqlSpans(statement)) {
    if (span.kind === 'quote') {
      takeCode();
      text += span.text;
    } else {
      code += span.kind === 'comment' ? ' ' : span.text;
    }
  }
  takeCode();
  return text.trim();
}
