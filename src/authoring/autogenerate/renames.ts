import type { Catalog, CatalogObject } from '../catalog/catalog.ts';

/** Something that is gone under one name and new under another: perhaps renamed. Names are quoted and have their schema. */
export interface RenameCandidate {
  readonly kind: 'table' | 'column' | 'type' | 'enum label';
  readonly from: string;
  readonly to: string;
  /** Both look so alike that a person must be asked. */
  readonly isLikely: boolean;
}

/**
 * Finds what may have been renamed between two schemas: everything that is lost with everything new of its kind and place.
 * Likely are tables with mostly the same columns, columns of one type in one table, types of one definition, labels at one
 * place of an enum. Whether they were renamed is a person's to say.
 */
export function findRenameCandidates(current: Catalog, desired: Catalog): readonly RenameCandidate[] {
  const lost = [...current].filter(([key]) => !desired.has(key)).map(([, object]) => object);
  const fresh = [...desired].filter(([key]) => !current.has(key)).map(([, object]) => object);
  const pairs = (
    kind: RenameCandidate['kind'],
    isLikely: (from: CatalogObject, to: CatalogObject) => boolean,
  ): readonly RenameCandidate[] =>
    lost
      .filter((object) => object.kind === kind)
      .flatMap((from) =>
        fresh
          .filter((to) => to.kind === kind && to.parent === from.parent)
          .map((to): RenameCandidate => ({ kind, from: from.name, to: to.name, isLikely: isLikely(from, to) })),
      );
  return [
    ...pairs('table', (from, to) => shareMostColumns(columnsOf(current, from.name), columnsOf(desired, to.name))),
    ...pairs('column', (from, to) => from.properties['type'] === to.properties['type']),
    ...pairs('type', (from, to) => isSameDefinition(from, to)),
    ...changedEnums(current, desired),
  ];
}

function columnsOf(catalog: Catalog, table: string): ReadonlySet<string> {
  const columns = [...catalog.values()].filter(({ kind, parent }) => kind === 'column' && parent === table);
  return new Set(columns.map(({ name, properties }) => `${lastPart(name)} ${properties['type'] ?? ''}`));
}

/** At least half of the columns, and one. */
function shareMostColumns(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const shared = [...one].filter((column) => other.has(column)).length;
  return shared > 0 && shared * 2 >= Math.max(one.size, other.size);
}

function isSameDefinition(from: CatalogObject, to: CatalogObject): boolean {
  const { labels, attributes } = from.properties;
  return (
    (labels ?? attributes) !== undefined &&
    labels === to.properties['labels'] &&
    attributes === to.properties['attributes']
  );
}

function changedEnums(current: Catalog, desired: Catalog): readonly RenameCandidate[] {
  return [...current].flatMap(([key, type]) => {
    const before = labelsOf(type);
    const after = labelsOf(desired.get(key));
    if (before.length === 0 || after.length === 0) return [];
    return before.flatMap((label, place): readonly RenameCandidate[] => {
      const now = after[place];
      return now !== undefined && !after.includes(label) && !before.includes(now)
        ? [{ kind: 'enum label', from: `${type.name}.${label}`, to: `${type.name}.${now}`, isLikely: true }]
        : [];
    });
  });
}

/** The labels of an enum, unquoted: the catalog holds them as string constants. */
function labelsOf(type: CatalogObject | undefined): readonly string[] {
  const labels = type?.properties['labels'] ?? '';
  return [...labels.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = '']) => label.replaceAll("''", "'"));
}

/** `"odd.name"` of `public."odd.name"`: the part behind the last dot that is in no quotes. */
export function lastPart(name: string): string {
  return /(?:"(?:[^"]|"")*"|[^".]+)$/.exec(name)?.[0] ?? name;
}
