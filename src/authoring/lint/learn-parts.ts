import type { ColumnDef, Constraint, IndexStmt, RangeVar } from '@pgsql/types';

import { find, findRelation, type Knowledge, type Relation, type TableConstraint } from './knowledge.ts';
import {
  collationIn,
  columnsReadBy,
  columnTypeOf,
  constraintsIn,
  isSerial,
  namesIn,
  notNullAsked,
  provedNotNull,
} from './tree.ts';

/** Notes a relation that a statement makes. */
export function newRelation(
  knowledge: Knowledge,
  { schemaname, relname = '', relpersistence }: RangeVar,
  kind: Relation['kind'],
): Relation {
  const isTemporary = relpersistence === 't';
  const key = isTemporary ? `pg_temp.${relname}` : find(knowledge, schemaname, relname).key;
  const relation: Relation = {
    schema: key.slice(0, key.indexOf('.')),
    name: relname,
    kind,
    isFresh: true,
    isFilled: false,
    columns: new Map(),
    constraints: new Map(),
    persistence: isTemporary ? 'temporary' : relpersistence === 'u' ? 'unlogged' : 'permanent',
  };
  knowledge.relations.set(key, relation);
  return relation;
}

/** Notes a column of CREATE TABLE or ADD COLUMN, and the constraints that are written beside it. */
export function learnColumn(knowledge: Knowledge, relation: Relation, definition: ColumnDef): void {
  const { colname = '', typeName, constraints } = definition;
  const inline = constraintsIn(constraints);
  const has = (type: Constraint['contype']): boolean => inline.some(({ contype }) => contype === type);
  relation.columns.set(colname, {
    type: typeName ? columnTypeOf(knowledge, typeName) : { schema: '', name: 'unknown', modifiers: [], isArray: false },
    notNull: has('CONSTR_NOTNULL') || has('CONSTR_PRIMARY') || has('CONSTR_IDENTITY') || isSerial(typeName),
    hasDefault: has('CONSTR_DEFAULT') || has('CONSTR_IDENTITY') || isSerial(typeName),
    collation: collationIn(definition),
    isFresh: true,
  });
  for (const constraint of inline) learnConstraint(knowledge, relation, constraint, colname);
}

const kinds: Readonly<Record<string, { readonly kind: TableConstraint['kind']; readonly ending: string }>> = {
  CONSTR_CHECK: { kind: 'check', ending: 'check' },
  CONSTR_FOREIGN: { kind: 'foreign key', ending: 'fkey' },
  CONSTR_PRIMARY: { kind: 'primary key', ending: 'pkey' },
  CONSTR_UNIQUE: { kind: 'unique', ending: 'key' },
  CONSTR_EXCLUSION: { kind: 'exclusion', ending: 'excl' },
};

/** Notes a constraint under the name that it has or that the server would give it. */
export function learnConstraint(
  knowledge: Knowledge,
  relation: Relation,
  constraint: Constraint,
  column?: string,
): void {
  const { contype = '', keys, fk_attrs, raw_expr, skip_validation, pktable } = constraint;
  if (contype === 'CONSTR_NOTNULL') {
    const [named] = namesIn(keys);
    const target = relation.columns.get(column ?? named ?? '');
    if (target && skip_validation !== true) target.notNull = true;
    return;
  }
  const known = kinds[contype];
  if (!known) return;
  const columns =
    column === undefined
      ? [...namesIn(keys), ...namesIn(fk_attrs), ...(raw_expr ? columnsReadBy(raw_expr) : [])]
      : [column];
  const middle = known.kind === 'primary key' ? [] : columns;
  const name = constraint.conname ?? [relation.name, ...middle, known.ending].join('_');
  const own = `${relation.schema}.${relation.name}`;
  relation.constraints.set(name, {
    kind: known.kind,
    isValid: skip_validation !== true,
    columns,
    isFresh: true,
    ...(pktable && { references: findRelation(knowledge, pktable).key }),
    ...(known.kind === 'check' && { provesNotNull: provedNotNull(raw_expr) }),
  });
  if (known.kind === 'primary key')
    for (const key of columns) {
      const target = relation.columns.get(key);
      if (target) target.notNull = true;
    }
  if (known.kind === 'primary key' || known.kind === 'unique') {
    const taken = constraint.indexname === undefined ? undefined : `${relation.schema}.${constraint.indexname}`;
    const indexed = (taken === undefined ? undefined : knowledge.relations.get(taken)?.indexed) ?? columns;
    // The index takes on the name of the constraint.
    if (taken !== undefined) knowledge.relations.delete(taken);
    knowledge.relations.set(`${relation.schema}.${name}`, {
      schema: relation.schema,
      name,
      kind: 'index',
      isFresh: true,
      isFilled: false,
      columns: new Map(),
      constraints: new Map(),
      table: own,
      indexed,
      isUnique: true,
      lookup: { notNull: [] },
      persistence: 'permanent',
    });
  }
}

/** Notes an index under the name that it has, or one like the server would give it. */
export function learnIndex(knowledge: Knowledge, statement: IndexStmt): void {
  const { relation = {}, idxname, indexParams = [], indexIncludingParams = [], unique, whereClause } = statement;
  const { accessMethod = 'btree' } = statement;
  const table = findRelation(knowledge, relation);
  const schema = table.key.slice(0, table.key.indexOf('.'));
  const columns = indexParams.map((item) => ('IndexElem' in item ? item.IndexElem.name : undefined));
  const name = idxname ?? `${relation.relname ?? ''}_${columns.join('_')}_idx`;
  const notNull = whereClause ? notNullAsked(whereClause) : [];
  const isComputed = whereClause !== undefined || columns.includes(undefined);
  const read = [...indexParams, ...indexIncludingParams].flatMap((item) => {
    const { name: column, expr } = 'IndexElem' in item ? item.IndexElem : {};
    return column === undefined ? columnsReadBy(expr) : [column];
  });
  Object.assign(newRelation(knowledge, { schemaname: schema, relname: name }, 'index'), {
    table: table.key,
    indexed: columns,
    isUnique: unique === true,
    ...(isComputed && { rebuiltWith: [...read, ...columnsReadBy(whereClause)] }),
    ...(notNull && /^(?:btree|hash)$/.test(accessMethod) && { lookup: { notNull } }),
  });
}
