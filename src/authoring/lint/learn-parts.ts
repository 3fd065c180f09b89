import type { ColumnDef, Constraint, RangeVar } from '@pgsql/types';

import { find, findRelation, type Knowledge, type Relation, type TableConstraint } from './knowledge.ts';
import { columnsReadBy, columnTypeOf, constraintsIn, isSerial, namesIn, provedNotNull } from './tree.ts';

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
export function learnColumn(
  knowledge: Knowledge,
  relation: Relation,
  { colname = '', typeName, constraints }: ColumnDef,
): void {
  const inline = constraintsIn(constraints);
  const has = (type: Constraint['contype']): boolean => inline.some(({ contype }) => contype === type);
  relation.columns.set(colname, {
    type: typeName ? columnTypeOf(knowledge, typeName) : { schema: '', name: 'unknown', modifiers: [], isArray: false },
    notNull: has('CONSTR_NOTNULL') || has('CONSTR_PRIMARY') || has('CONSTR_IDENTITY') || isSerial(typeName),
    hasDefault: has('CONSTR_DEFAULT') || has('CONSTR_IDENTITY') || isSerial(typeName),
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
    knowledge.relations.set(`${relation.schema}.${constraint.indexname ?? name}`, {
      schema: relation.schema,
      name,
      kind: 'index',
      isFresh: true,
      isFilled: false,
      columns: new Map(),
      constraints: new Map(),
      table: own,
      indexed: columns,
      isUnique: true,
      persistence: 'permanent',
    });
  }
}
