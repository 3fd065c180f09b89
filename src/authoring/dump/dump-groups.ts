import type { SchemaChange } from '../autogenerate/schema-diff.ts';

/** The groups of a dump, in the order in which their objects usually need each other. */
export const dumpGroups = [
  'schemas',
  'extensions',
  'types',
  'servers',
  'functions',
  'sequences',
  'tables',
  'foreign keys',
  'views',
  'triggers',
  'policies',
  'others',
  'privileges',
  'publications',
  'default privileges',
  'event triggers',
] as const;

export type DumpGroup = (typeof dumpGroups)[number];

/** A statement with its place in the dump. */
export interface PlacedStatement {
  readonly sql: string;
  readonly group: DumpGroup;
  /** Statements of one object stand together. */
  readonly object: string;
  readonly order: string;
}

/** Statements in the order that a reader expects: by group, then by object, what makes it first. */
export function placeStatements(changes: readonly SchemaChange[]): readonly PlacedStatement[] {
  return changes
    .map((change, index) => {
      const { about } = change;
      const object = [about.schema, about.table ?? about.name].filter(Boolean).join('.');
      // Within an object the engine's own order is one that works.
      const order = [object, change.verb === 'create' ? '0' : '1', String(index).padStart(7, '0')].join('\u0000');
      return { sql: change.sql, group: groupOf(change), object, order };
    })
    .toSorted((one, other) => rankOf(one) - rankOf(other) || (one.order < other.order ? -1 : 1));
}

function rankOf({ group }: PlacedStatement): number {
  return dumpGroups.indexOf(group);
}

const groupOfKind: Readonly<Record<string, DumpGroup>> = {
  schema: 'schemas',
  extension: 'extensions',
  type: 'types',
  domain: 'types',
  typeAttribute: 'types',
  collation: 'types',
  fdw: 'servers',
  server: 'servers',
  function: 'functions',
  procedure: 'functions',
  aggregate: 'functions',
  sequence: 'sequences',
  table: 'tables',
  column: 'tables',
  default: 'tables',
  constraint: 'tables',
  index: 'tables',
  foreignTable: 'tables',
  view: 'views',
  materializedView: 'views',
  rule: 'triggers',
  trigger: 'triggers',
  policy: 'policies',
  publication: 'publications',
  eventTrigger: 'event triggers',
};

function groupOf({ sql, about }: SchemaChange): DumpGroup {
  if (/^ALTER DEFAULT PRIVILEGES\b/.test(sql)) return 'default privileges';
  if (/^(?:GRANT|REVOKE)\b/.test(sql)) return 'privileges';
  if (/^ALTER TABLE .* FOREIGN KEY /s.test(sql)) return 'foreign keys';
  return groupOfKind[about.kind] ?? 'others';
}
