import type { Catalog, CatalogObject } from '../catalog/catalog.ts';
import type { StepStatement } from './arrange-steps.ts';
import { lastPart } from './names.ts';
import { pairs } from './renames.ts';

/**
 * Renames of constraints, indexes and owned sequences that are the same but for their name, as after a rename of their table:
 * dropping and making them again would build indexes anew, and lose where a sequence is. Nothing else uses their names, so
 * nobody needs to be asked.
 */
export function findNamesThatFollow(current: Catalog, desired: Catalog): readonly StepStatement[] {
  const settled = new Set<CatalogObject>();
  const follow = (
    kind: string,
    write: (from: CatalogObject, to: CatalogObject) => StepStatement,
  ): readonly StepStatement[] =>
    pairs(kind, current, desired).flatMap(({ from, to }) => {
      if (from.parent === undefined || settled.has(from) || settled.has(to) || !isSameButForItsName(from, to))
        return [];
      settled.add(from).add(to);
      return [write(from, to)];
    });
  const constraints = follow('constraint', (from, to) => {
    const [one, other] = [constraintName(from), constraintName(to)];
    const table = `ALTER TABLE ${from.parent ?? ''}`;
    return {
      sql: `${table} RENAME CONSTRAINT ${one} TO ${other}`,
      back: `${table} RENAME CONSTRAINT ${other} TO ${one}`,
    };
  });
  for (const object of current.values()) if (isOfConstraint(object, current)) settled.add(object);
  const rename = (word: string, from: CatalogObject, to: CatalogObject): StepStatement => ({
    sql: `ALTER ${word} ${from.name} RENAME TO ${lastPart(to.name)}`,
    back: `ALTER ${word} ${to.name} RENAME TO ${lastPart(from.name)}`,
  });
  return [
    ...constraints,
    ...follow('index', (from, to) => rename('INDEX', from, to)),
    ...follow('sequence', (from, to) => rename('SEQUENCE', from, to)),
  ];
}

function isSameButForItsName(from: CatalogObject, to: CatalogObject): boolean {
  // A part of a partitioned table's is renamed by its own name only where it has one.
  if (from.properties['inherited'] !== undefined || from.properties['attached to'] !== undefined) return false;
  return schemaOf(from) === schemaOf(to) && nameless(from) === nameless(to);
}

/** The properties, with its own name taken out of the definition of an index. */
function nameless({ kind, name, properties }: CatalogObject): string {
  const { definition } = properties;
  return kind === 'index' && definition !== undefined
    ? JSON.stringify({ ...properties, definition: definition.replace(` INDEX ${lastPart(name)} ON `, ' INDEX ON ') })
    : JSON.stringify(properties);
}

/** The index of a constraint has its name and is renamed with it. */
function isOfConstraint({ kind, name, parent }: CatalogObject, catalog: Catalog): boolean {
  return kind === 'index' && catalog.has(`constraint ${lastPart(name)} on ${parent ?? ''}`);
}

function schemaOf({ kind, name }: CatalogObject): string {
  return kind === 'constraint' ? '' : name.slice(0, -lastPart(name).length);
}

/** A constraint is called `name on table` in the catalog. */
function constraintName({ name, parent }: CatalogObject): string {
  return name.slice(0, -` on ${parent ?? ''}`.length);
}
