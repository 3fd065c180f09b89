import type { Catalog, CatalogObject } from '../catalog/catalog.ts';
import { firstPart, lastPart, typeOfLabel } from './names.ts';

/** Something that is gone under one name and new under another: perhaps renamed. Names are quoted and have their schema. */
export interface RenameCandidate {
  readonly kind: 'table' | 'column' | 'type' | 'enum label';
  readonly from: string;
  readonly to: string;
  /** Both look so alike that a person must be asked. */
  readonly isLikely: boolean;
}

/**
 * Tables and types that may have been renamed between two schemas: everything that is lost with everything new of its kind.
 * Likely are tables with half of their columns in common, and types with half of their labels. Whether they were renamed is
 * a person's to say.
 */
export function findRenamedWholes(current: Catalog, desired: Catalog): readonly RenameCandidate[] {
  const kindOf = { table: 'table', type: 'type', domain: 'type' } as const;
  const isLikely = (from: CatalogObject, to: CatalogObject): boolean =>
    from.kind === 'table'
      ? shareHalf(columnsOf(current, from.name), columnsOf(desired, to.name))
      : isSameDefinition(from, to);
  return (['table', 'type', 'domain'] as const).flatMap((kind) =>
    pairs(kind, current, desired).map(({ from, to }) => ({
      kind: kindOf[kind],
      from: from.name,
      to: to.name,
      isLikely: isLikely(from, to),
    })),
  );
}

/**
 * Columns and labels that may have been renamed, where tables and types have their new names already. Likely are columns of
 * one type in one table, or of related types when none has the same, and labels at one place of an enum.
 */
export function findRenamedParts(current: Catalog, desired: Catalog): readonly RenameCandidate[] {
  const columns = pairs('column', current, desired);
  const isExact = ({ from, to }: Pair): boolean => from.properties['type'] === to.properties['type'];
  const exact = new Set(columns.filter(isExact).flatMap(({ from, to }) => [from, to]));
  return [
    ...columns.map(({ from, to }): RenameCandidate => {
      const isOpen = !exact.has(from) && !exact.has(to);
      const isLikely = isExact({ from, to }) || (isOpen && familyOf(from, current) === familyOf(to, desired));
      return { kind: 'column', from: from.name, to: to.name, isLikely };
    }),
    ...changedEnums(current, desired),
  ];
}

interface Pair {
  readonly from: CatalogObject;
  readonly to: CatalogObject;
}

/** Everything of the kind that is lost, with everything new in its place. */
export function pairs(kind: string, current: Catalog, desired: Catalog): readonly Pair[] {
  const onlyIn = (one: Catalog, other: Catalog): readonly CatalogObject[] =>
    [...one].filter(([key, object]) => object.kind === kind && !other.has(key)).map(([, object]) => object);
  const fresh = onlyIn(desired, current);
  return onlyIn(current, desired).flatMap((from) =>
    fresh.filter(({ parent }) => parent === from.parent).map((to) => ({ from, to })),
  );
}

/** The new name as a person says it: without the schema or table, unless that is another one. */
export function newNameOf({ kind, from, to }: Omit<RenameCandidate, 'isLikely'>): string {
  if (kind === 'enum label') return to.slice(typeOfLabel(to).length + 1);
  return kind === 'column' || firstPart(from) === firstPart(to) ? lastPart(to) : to;
}

/** The names that something had before these renames, the newest first; itself, when it was not renamed. */
export function namesBefore(name: string, done: readonly RenameCandidate[]): readonly string[] {
  const names = [name];
  for (const { from, to } of done.toReversed()) {
    const newest = names.at(-1) ?? name;
    if (newest === to) names.push(from);
    else if (newest.startsWith(`${to}.`)) names.push(`${from}${newest.slice(to.length)}`);
  }
  return names;
}

const families: readonly (readonly string[])[] = [
  ['text', 'character varying', 'character', 'citext', 'name', 'user-defined'],
  ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'money'],
  ['date', 'timestamp without time zone', 'timestamp with time zone'],
  ['json', 'jsonb'],
];

/** Types between which people move a column; a type of its own stands for itself and is near to text. */
function familyOf({ properties }: CatalogObject, catalog: Catalog): string {
  const type = (properties['type'] ?? '').replaceAll(/\(.*?\)/g, '');
  const known = catalog.has(`type ${type}`) || catalog.has(`domain ${type}`) ? 'user-defined' : type;
  return families.find((family) => family.includes(known))?.[0] ?? type;
}

function columnsOf(catalog: Catalog, table: string): ReadonlySet<string> {
  const columns = [...catalog.values()].filter(({ kind, parent }) => kind === 'column' && parent === table);
  return new Set(columns.map(({ name }) => lastPart(name)));
}

/** At least half, and one. */
function shareHalf(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const shared = [...one].filter((part) => other.has(part)).length;
  return shared > 0 && shared * 2 >= Math.max(one.size, other.size);
}

function isSameDefinition(from: CatalogObject, to: CatalogObject): boolean {
  const { attributes, base } = from.properties;
  if (from.properties['labels'] !== undefined) return shareHalf(new Set(labelsOf(from)), new Set(labelsOf(to)));
  return (
    (base ?? attributes) !== undefined && base === to.properties['base'] && attributes === to.properties['attributes']
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
