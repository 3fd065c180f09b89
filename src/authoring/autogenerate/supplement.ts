import type { CatalogObject } from '../catalog/catalog.ts';
import type { CatalogDifference } from '../catalog/compare-catalogs.ts';
import type { StepStatement } from './arrange-steps.ts';

/**
 * Statements for what the engine (1.0.0-alpha.34) does not see and our own comparison does: how columns are stored and
 * sampled, comments on columns of views, extended statistics, the index that a table is clustered on. Differences of other
 * kinds get none.
 */
export function supplement(differences: readonly CatalogDifference[]): readonly StepStatement[] {
  return differences.flatMap((difference) => statementsFor(difference)).map((sql) => ({ sql }));
}

function statementsFor(difference: CatalogDifference): readonly string[] {
  const { object } = difference;
  switch (difference.change) {
    case 'missing':
      return statementsForMissing(object);
    case 'extra':
      if (object.kind === 'statistics') return [`DROP STATISTICS ${object.name}`];
      return isViewColumn(object) ? [comment('COLUMN', object.name, undefined)] : [];
    case 'changed':
      return difference.properties.flatMap(({ property, expected, actual }) =>
        statementsForProperty(object, { property, expected, actual }),
      );
  }
}

function statementsForMissing({ kind, name, properties }: CatalogObject): readonly string[] {
  const { definition, comment: text } = properties;
  if (kind === 'statistics' && definition !== undefined)
    return [definition, ...(text === undefined ? [] : [comment('STATISTICS', name, text)])];
  return isViewColumn({ kind, properties }) ? [comment('COLUMN', name, text)] : [];
}

/** A column of a view is an object of its own only where it has a comment or rights. */
function isViewColumn({ kind, properties }: Pick<CatalogObject, 'kind' | 'properties'>): boolean {
  return kind === 'column' && properties['type'] !== undefined && properties['comment'] !== undefined;
}

interface Property {
  readonly property: string;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
}

function statementsForProperty(
  { kind, name, parent }: CatalogObject,
  { property, expected, actual }: Property,
): readonly string[] {
  if (parent === undefined) return [];
  const own = name.slice(parent.length + 1);
  const column = `ALTER TABLE ${parent} ALTER COLUMN ${own}`;
  switch (`${kind} ${property}`) {
    case 'column comment':
      return [comment('COLUMN', name, expected)];
    case 'statistics comment':
      return [comment('STATISTICS', name, expected)];
    case 'column storage':
      // DEFAULT: PostgreSQL 16.
      return [`${column} SET STORAGE ${expected ?? 'DEFAULT'}`];
    case 'column compression':
      return [`${column} SET COMPRESSION ${expected ?? 'DEFAULT'}`];
    case 'column statistics':
      return [`${column} SET STATISTICS ${expected ?? '-1'}`];
    case 'column options':
      return expected === undefined
        ? [`${column} RESET (${(actual ?? '').replaceAll(/=[^,]*/g, '')})`]
        : [`${column} SET (${expected})`];
    case 'index clustered':
      // An index is named with its schema, and CLUSTER ON wants it without.
      return [
        expected === undefined
          ? `ALTER TABLE ${parent} SET WITHOUT CLUSTER`
          : `ALTER TABLE ${parent} CLUSTER ON ${/(?:"(?:[^"]|"")*"|[^".]+)$/.exec(name)?.[0] ?? name}`,
      ];
    default:
      return [];
  }
}

function comment(kind: string, name: string, text: string | undefined): string {
  return `COMMENT ON ${kind} ${name} IS ${text === undefined ? 'NULL' : literal(text)}`;
}

function literal(text: string): string {
  return text.includes('\\') ? `E'${text.replaceAll(/['\\]/g, '$&$&')}'` : `'${text.replaceAll("'", "''")}'`;
}
