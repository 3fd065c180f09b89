import type { RangeVar } from '@pgsql/types';

import { newRelease, type ReleaseFacts } from './release/release-facts.ts';

/** What is known of the database at one moment; rules read it, `learn` carries it on from statement to statement. */
export interface Knowledge {
  /** Whether what is not in here is not there: true when a database was asked. */
  readonly isComplete: boolean;
  /** Schemas in which a bare name is looked for. */
  readonly searchPath: readonly string[];
  /** By `schema.name`, as the server stores them, without quotes. */
  readonly relations: Map<string, Relation>;
  /** Types of the user by `schema.name`. */
  readonly types: Map<string, UserType>;
  /** Functions of the user by their bare name: of several, the least stable. */
  readonly functions: Map<string, Volatility>;
  readonly release: ReleaseFacts;
}

export type Volatility = 'immutable' | 'stable' | 'volatile';

export interface Relation {
  schema: string;
  name: string;
  kind: 'table' | 'partitioned' | 'view' | 'materialized view' | 'index' | 'sequence' | 'foreign table';
  /** Whether it came into being in the revision that is looked at. */
  isFresh: boolean;
  /** Whether a revision without a transaction has put rows into it. */
  isFilled: boolean;
  /** Whether it may have columns and indexes that nothing tells of: no file has made it, or its statement copies another's. */
  isPartlyKnown?: boolean;
  /** The revision of this release that made it; absent when it was there before the release. */
  unreleasedIn?: string;
  /** Whether something may have put rows into what this release made. */
  mayHoldRows?: boolean;
  columns: Map<string, Column>;
  constraints: Map<string, TableConstraint>;
  /** Key of the table that an index belongs to. */
  table?: string;
  /** Of an index: its columns, `undefined` for an expression. */
  indexed?: readonly (string | undefined)[];
  isUnique?: boolean;
  /** Of an index with WHERE or an expression: all columns that it depends on; a new type of one of them builds it anew. */
  rebuiltWith?: readonly string[];
  /**
   * Of an index: the columns that must not be null for a row to be in it. Absent when a lookup by its columns cannot use it: it is
   * INVALID, holds some rows only, or is of a kind that does not find equal values.
   */
  lookup?: { readonly notNull: readonly string[] };
  /** Key of the parent of a partition, and whether it is the default one. */
  partitionOf?: string | undefined;
  isDefaultPartition?: boolean;
  /** Of a table, index aside: its size, when a live database was asked. */
  bytes?: number;
  persistence?: 'permanent' | 'unlogged' | 'temporary';
}

export interface Column {
  type: ColumnType;
  notNull: boolean;
  hasDefault: boolean;
  /** Its bare name; absent for that of the type. */
  collation?: string | undefined;
  isFresh: boolean;
  /** The revision of this release that added it; absent when it was there before the release. */
  unreleasedIn?: string;
}

export interface ColumnType {
  /** Empty for a type of PostgreSQL itself. */
  readonly schema: string;
  /** As pg_type has it: `int4`, `varchar`, `timestamptz`. */
  readonly name: string;
  /** Length, precision and scale. */
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
}

export interface TableConstraint {
  kind: 'check' | 'foreign key' | 'primary key' | 'unique' | 'exclusion' | 'not null';
  isValid: boolean;
  /** Columns of the table that it is about. */
  columns: readonly string[];
  /** Key of the table that a foreign key refers to. */
  references?: string;
  /** Columns that a check proves to be not null. */
  provesNotNull?: readonly string[];
  isFresh: boolean;
}

export type UserType =
  | { readonly kind: 'domain'; readonly base: ColumnType; isConstrained: boolean }
  | { readonly kind: 'enum'; isFresh: boolean; freshLabels: string[] };

/** A relation as a statement names it. */
export interface NamedRelation {
  readonly key: string;
  /** As SQL: quoted where it must be. */
  readonly sql: string;
  /** Absent when nothing is known of it. */
  readonly facts: Relation | undefined;
}

export function emptyKnowledge(): Knowledge {
  return {
    isComplete: false,
    searchPath: ['public'],
    relations: new Map(),
    types: new Map(),
    functions: new Map(),
    release: newRelease(),
  };
}

/** Looks up a name as the server would: a bare one along the search path. */
export function find(knowledge: Knowledge, schema: string | undefined, name: string): NamedRelation {
  const keys = (schema ? [schema] : ['pg_temp', ...knowledge.searchPath]).map((part) => `${part}.${name}`);
  const key =
    keys.find((candidate) => knowledge.relations.has(candidate)) ??
    `${schema ?? knowledge.searchPath[0] ?? 'public'}.${name}`;
  return { key, sql: quotedName(schema, name), facts: knowledge.relations.get(key) };
}

export function findRelation(knowledge: Knowledge, { schemaname, relname = '' }: RangeVar): NamedRelation {
  return find(knowledge, schemaname, relname);
}

/**
 * Whether others may be using it: not what the revision itself made, unless rows came in after that was committed. Nothing
 * known of it means that they may.
 */
export function isInUse({ facts }: NamedRelation): boolean {
  return facts === undefined || ((!facts.isFresh || facts.isFilled) && facts.persistence !== 'temporary');
}

export function quotedName(schema: string | undefined, name: string): string {
  return schema ? `${quotedIdentifier(schema)}.${quotedIdentifier(name)}` : quotedIdentifier(name);
}

/** The type as SQL. */
export function typeSql({ schema, name, modifiers, isArray }: ColumnType): string {
  const bare = schema === '' && name !== 'char' ? name : quotedName(schema || undefined, name);
  return `${bare}${modifiers.length > 0 ? `(${modifiers.join(', ')})` : ''}${isArray ? '[]' : ''}`;
}

/** As the server's quote_ident, but for its keywords: those that are reserved are few, and quoted too. */
export function quotedIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_date
  current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch
  for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null
  offset on only or order placing primary references returning select session_user some symmetric table then to trailing
  true union unique user using variadic when where window with`.split(/\s+/),
);

/** The relations that fulfil the condition. */
export function relationsWhere(
  knowledge: Knowledge,
  holds: (relation: Relation, key: string) => boolean,
): readonly string[] {
  return [...knowledge.relations].filter(([key, relation]) => holds(relation, key)).map(([key]) => key);
}

export function partitionsOf(knowledge: Knowledge, key: string): readonly string[] {
  const parent = knowledge.relations.get(key);
  // Asked for every table, of thousands perhaps: only where there can be partitions is it worth a search.
  if (parent && parent.kind !== 'partitioned') return [];
  return relationsWhere(knowledge, ({ partitionOf, kind }) => partitionOf === key && kind !== 'index');
}

/** The table itself and everything below it. */
export function familyOf(knowledge: Knowledge, key: string): readonly string[] {
  return [key, ...partitionsOf(knowledge, key).flatMap((part) => familyOf(knowledge, part))];
}

export function indexesOf(knowledge: Knowledge, key: string): readonly Relation[] {
  return [...knowledge.relations.values()].filter(({ table, kind }) => kind === 'index' && table === key);
}
