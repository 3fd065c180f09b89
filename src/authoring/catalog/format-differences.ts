import type { CatalogDifference } from './compare-catalogs.ts';

/**
 * One difference as lines for people: `- type public.householdrole` is missing, `+ …` is extra, `~ …` is followed by one line
 * for each property that is other.
 */
export function formatDifferences(differences: readonly CatalogDifference[]): readonly string[] {
  return differences.flatMap((difference) => {
    const { kind, name } = difference.object;
    switch (difference.change) {
      case 'missing':
        return [`- ${kind} ${name}`];
      case 'extra':
        return [`+ ${kind} ${name}`];
      case 'changed':
        return [
          `~ ${kind} ${name}`,
          ...difference.properties.flatMap(({ property, expected, actual }) =>
            formatProperty(property, expected ?? 'none', actual ?? 'none'),
          ),
        ];
    }
  });
}

function formatProperty(property: string, expected: string, actual: string): readonly string[] {
  if (!`${expected}${actual}`.includes('\n')) return [`    ${property}: ${expected} → ${actual}`];
  const lines = (text: string, sign: string): readonly string[] =>
    text
      .trim()
      .split('\n')
      .map((line) => `      ${sign} ${line}`);
  return [`    ${property}:`, ...lines(expected, '-'), ...lines(actual, '+')];
}
