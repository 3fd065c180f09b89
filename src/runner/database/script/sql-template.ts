import type { SqlFragment } from '../../files/revision-module.ts';

/** Only what was made here is SQL; whatever else looks alike is a value, so that no data can become SQL. */
const fragments = new WeakSet<object>();

export function sqlFragment(strings: readonly string[], values: readonly unknown[]): SqlFragment {
  const fragment = { strings, values };
  fragments.add(fragment);
  return fragment;
}

/** A template as text with `$1`, `$2`, … and the values for them; fragments become part of the text. */
export function renderSql(
  strings: readonly string[],
  values: readonly unknown[],
): { readonly text: string; readonly values: readonly unknown[] } {
  const taken: unknown[] = [];
  const render = (parts: readonly string[], holes: readonly unknown[]): string =>
    parts.reduce((text, part, index) => {
      if (index === 0) return part;
      const hole = holes[index - 1];
      if (isFragment(hole)) return `${text}${render(hole.strings, hole.values)}${part}`;
      taken.push(hole);
      return `${text}$${taken.length}${part}`;
    }, '');
  return { text: render(strings, values), values: taken };
}

function isFragment(value: unknown): value is SqlFragment {
  return typeof value === 'object' && value !== null && fragments.has(value);
}
