import type { Catalog, CatalogObject } from './catalog.ts';

/** How one object differs. Parts of a missing or extra object are not listed beside it. */
export type CatalogDifference =
  | { readonly change: 'missing' | 'extra'; readonly object: CatalogObject }
  | { readonly change: 'changed'; readonly object: CatalogObject; readonly properties: readonly PropertyDifference[] };

export interface PropertyDifference {
  readonly property: string;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
}

/** What is missing, extra or other in `actual`, by kind and name; empty when both are equal. */
export function compareCatalogs(expected: Catalog, actual: Catalog): readonly CatalogDifference[] {
  const differences: CatalogDifference[] = [];
  for (const [key, object] of expected) {
    const found = actual.get(key);
    if (found === undefined) {
      if (!isGoneWithItsParent(object, { here: expected, there: actual }))
        differences.push({ change: 'missing', object });
      continue;
    }
    const properties = compareProperties(object, found);
    if (properties.length > 0) differences.push({ change: 'changed', object, properties });
  }
  for (const [key, object] of actual) {
    if (!expected.has(key) && !isGoneWithItsParent(object, { here: actual, there: expected }))
      differences.push({ change: 'extra', object });
  }
  return differences.toSorted((one, other) => compareText(sortKey(one), sortKey(other)));
}

function compareProperties(expected: CatalogObject, actual: CatalogObject): readonly PropertyDifference[] {
  const names = new Set([...Object.keys(expected.properties), ...Object.keys(actual.properties)]);
  return [...names]
    .map((property) => ({
      property,
      expected: expected.properties[property],
      actual: actual.properties[property],
    }))
    .filter((difference) => difference.expected !== difference.actual);
}

/** Kinds whose objects can be the parent of others. */
const parentKinds = ['table', 'view', 'materialized view', 'foreign table'];

function isGoneWithItsParent(
  { parent }: CatalogObject,
  { here, there }: { readonly here: Catalog; readonly there: Catalog },
): boolean {
  return (
    parent !== undefined &&
    parentKinds.some((kind) => here.has(`${kind} ${parent}`)) &&
    !parentKinds.some((kind) => there.has(`${kind} ${parent}`))
  );
}

function sortKey({ object }: CatalogDifference): string {
  return `${object.parent ?? object.name} ${object.kind} ${object.name}`;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
