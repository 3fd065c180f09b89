import type { AlterTableCmd, AlterTableStmt, CreateDomainStmt, Node, RenameStmt } from '@pgsql/types';

import { find, findRelation, indexesOf, type Knowledge, type Relation } from './knowledge.ts';
import { learnColumn, learnConstraint, learnIndex, newRelation } from './learn-parts.ts';
import { collationIn, columnTypeOf, constraintsIn, listIn, namesIn, qualifiedName } from './tree.ts';

/** Carries the knowledge on over a statement: what it makes is fresh, what it takes away is gone. */
export function learn(
  knowledge: Knowledge,
  node: Node,
  { isTransactional }: { readonly isTransactional: boolean },
): void {
  if ('CreateStmt' in node) {
    const { relation = {}, tableElts = [], inhRelations = [], partspec, partbound, if_not_exists } = node.CreateStmt;
    if (if_not_exists === true && findRelation(knowledge, relation).facts) return;
    const made = newRelation(knowledge, relation, partspec ? 'partitioned' : 'table');
    if (inhRelations.length > 0 || tableElts.some((element) => 'TableLikeClause' in element)) made.isPartlyKnown = true;
    const [parent] = inhRelations;
    if (parent && 'RangeVar' in parent) {
      const { key, facts } = findRelation(knowledge, parent.RangeVar);
      for (const [name, column] of facts?.columns ?? []) made.columns.set(name, { ...column, isFresh: true });
      if (partbound) {
        made.partitionOf = key;
        made.isDefaultPartition = partbound.is_default === true;
      }
    }
    for (const element of tableElts) {
      if ('ColumnDef' in element) learnColumn(knowledge, made, element.ColumnDef);
      if ('Constraint' in element) learnConstraint(knowledge, made, element.Constraint);
    }
  } else if ('CreateTableAsStmt' in node) {
    const { into, objtype } = node.CreateTableAsStmt;
    if (into?.rel) newRelation(knowledge, into.rel, objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table');
  } else if ('ViewStmt' in node) {
    const { view = {} } = node.ViewStmt;
    if (!findRelation(knowledge, view).facts) newRelation(knowledge, view, 'view');
  } else if ('CreateForeignTableStmt' in node) {
    newRelation(knowledge, node.CreateForeignTableStmt.base?.relation ?? {}, 'foreign table');
  } else if ('IndexStmt' in node) learnIndex(knowledge, node.IndexStmt);
  else if ('AlterTableStmt' in node) alterTable(knowledge, node.AlterTableStmt);
  else if ('DropStmt' in node) {
    for (const object of node.DropStmt.objects ?? []) {
      const { schema, name } = qualifiedName(listIn(object));
      const { key } = find(knowledge, schema, name);
      for (const index of indexesOf(knowledge, key)) knowledge.relations.delete(`${index.schema}.${index.name}`);
      knowledge.relations.delete(key);
    }
  } else if ('RenameStmt' in node) rename(knowledge, node.RenameStmt);
  else if ('AlterObjectSchemaStmt' in node && node.AlterObjectSchemaStmt.relation) {
    const { relation, newschema = '' } = node.AlterObjectSchemaStmt;
    const { key, facts } = findRelation(knowledge, relation);
    if (facts) move(knowledge, { key, facts, to: `${newschema}.${facts.name}` });
  } else if ('CreateDomainStmt' in node) createDomain(knowledge, node.CreateDomainStmt);
  else if ('AlterDomainStmt' in node) {
    const { schema, name } = qualifiedName(node.AlterDomainStmt.typeName);
    const domain = knowledge.types.get(find(knowledge, schema, name).key);
    if (domain?.kind === 'domain' && /^[CO]$/.test(node.AlterDomainStmt.subtype ?? '')) domain.isConstrained = true;
  } else if ('CreateEnumStmt' in node) {
    const { schema, name } = qualifiedName(node.CreateEnumStmt.typeName);
    knowledge.types.set(find(knowledge, schema, name).key, { kind: 'enum', isFresh: true, freshLabels: [] });
  } else if ('AlterEnumStmt' in node) {
    const { schema, name } = qualifiedName(node.AlterEnumStmt.typeName);
    const type = knowledge.types.get(find(knowledge, schema, name).key);
    if (type?.kind === 'enum') type.freshLabels.push(node.AlterEnumStmt.newVal ?? '');
  } else if ('CreateFunctionStmt' in node) createFunction(knowledge, node.CreateFunctionStmt);
  else if (!isTransactional && ('InsertStmt' in node || 'CopyStmt' in node)) {
    const relation = 'InsertStmt' in node ? node.InsertStmt.relation : node.CopyStmt.relation;
    const { facts } = findRelation(knowledge, relation ?? {});
    if (facts) facts.isFilled = true;
  }
}

function alterTable(knowledge: Knowledge, { relation = {}, cmds = [] }: AlterTableStmt): void {
  const found = findRelation(knowledge, relation);
  // Nobody has made it in these files, so it was there before; what is added to it from here on is fresh.
  const facts =
    found.facts ??
    (knowledge.isComplete
      ? undefined
      : Object.assign(newRelation(knowledge, relation, 'table'), { isFresh: false, isPartlyKnown: true }));
  for (const node of cmds) if (facts && 'AlterTableCmd' in node) alterOne(knowledge, facts, node.AlterTableCmd);
}

function alterOne(knowledge: Knowledge, facts: Relation, { subtype, name = '', def }: AlterTableCmd): void {
  const column = facts.columns.get(name);
  const constraint = facts.constraints.get(name);
  if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) learnColumn(knowledge, facts, def.ColumnDef);
  else if (subtype === 'AT_DropColumn') facts.columns.delete(name);
  else if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def)
    learnConstraint(knowledge, facts, def.Constraint);
  else if (subtype === 'AT_ValidateConstraint' && constraint) constraint.isValid = true;
  else if (subtype === 'AT_DropConstraint') {
    facts.constraints.delete(name);
    if (knowledge.relations.get(`${facts.schema}.${name}`)?.table === `${facts.schema}.${facts.name}`)
      knowledge.relations.delete(`${facts.schema}.${name}`);
  } else if (subtype === 'AT_SetLogged') facts.persistence = 'permanent';
  else if (subtype === 'AT_SetUnLogged') facts.persistence = 'unlogged';
  else if (subtype === 'AT_AttachPartition' || subtype === 'AT_DetachPartition') {
    if (!def || !('PartitionCmd' in def)) return;
    const child = findRelation(knowledge, def.PartitionCmd.name ?? {}).facts;
    if (!child) return;
    if (subtype === 'AT_AttachPartition') facts.kind = 'partitioned';
    child.partitionOf = subtype === 'AT_AttachPartition' ? `${facts.schema}.${facts.name}` : undefined;
    child.isDefaultPartition = subtype === 'AT_AttachPartition' && def.PartitionCmd.bound?.is_default === true;
  } else if (column) {
    if (subtype === 'AT_SetNotNull') column.notNull = true;
    else if (subtype === 'AT_DropNotNull') column.notNull = false;
    else if (subtype === 'AT_ColumnDefault') column.hasDefault = def !== undefined;
    else if (subtype === 'AT_AlterColumnType' && def && 'ColumnDef' in def && def.ColumnDef.typeName)
      Object.assign(column, {
        type: columnTypeOf(knowledge, def.ColumnDef.typeName),
        collation: collationIn(def.ColumnDef),
      });
  }
}

function rename(knowledge: Knowledge, { renameType, relation, subname = '', newname = '' }: RenameStmt): void {
  if (!relation) return;
  const { key, facts } = findRelation(knowledge, relation);
  if (!facts) return;
  const rekey = <T>(map: Map<string, T>): void => {
    const value = map.get(subname);
    if (value === undefined) return;
    map.delete(subname);
    map.set(newname, value);
  };
  if (renameType === 'OBJECT_COLUMN') renameColumn(knowledge, { key, facts, from: subname, to: newname });
  else if (renameType === 'OBJECT_TABCONSTRAINT') rekey(facts.constraints);
  else if (/^OBJECT_(?:TABLE|VIEW|MATVIEW|INDEX|SEQUENCE|FOREIGN_TABLE)$/.test(renameType ?? ''))
    move(knowledge, { key, facts, to: `${facts.schema}.${newname}` });
}

interface ColumnRename {
  readonly key: string;
  readonly facts: Relation;
  readonly from: string;
  readonly to: string;
}

/** Indexes and constraints follow their columns. */
function renameColumn(knowledge: Knowledge, { key, facts, from, to }: ColumnRename): void {
  const column = facts.columns.get(from);
  if (!column) return;
  facts.columns.delete(from);
  facts.columns.set(to, column);
  const renamed = <Name extends string | undefined>(name: Name): Name | string => (name === from ? to : name);
  for (const constraint of facts.constraints.values()) constraint.columns = constraint.columns.map(renamed);
  for (const index of indexesOf(knowledge, key)) {
    index.indexed = (index.indexed ?? []).map(renamed);
    if (index.rebuiltWith) index.rebuiltWith = index.rebuiltWith.map(renamed);
    if (index.lookup) index.lookup = { notNull: index.lookup.notNull.map(renamed) };
  }
}

/** Gives a relation another key, wherever it stands. */
function move(
  knowledge: Knowledge,
  { key, facts, to }: { readonly key: string; readonly facts: Relation; readonly to: string },
): void {
  knowledge.relations.delete(key);
  knowledge.relations.set(to, facts);
  facts.schema = to.slice(0, to.indexOf('.'));
  facts.name = to.slice(to.indexOf('.') + 1);
  for (const other of knowledge.relations.values()) {
    if (other.table === key) other.table = to;
    if (other.partitionOf === key) other.partitionOf = to;
    for (const constraint of other.constraints.values()) if (constraint.references === key) constraint.references = to;
  }
}

function createDomain(knowledge: Knowledge, { domainname, typeName, constraints }: CreateDomainStmt): void {
  const { schema, name } = qualifiedName(domainname);
  if (!typeName) return;
  const isConstrained = constraintsIn(constraints).some(
    ({ contype }) => contype === 'CONSTR_CHECK' || contype === 'CONSTR_NOTNULL',
  );
  knowledge.types.set(find(knowledge, schema, name).key, {
    kind: 'domain',
    base: columnTypeOf(knowledge, typeName),
    isConstrained,
  });
}

function createFunction(
  knowledge: Knowledge,
  { funcname, options = [] }: { readonly funcname?: readonly Node[]; readonly options?: readonly Node[] },
): void {
  const name = namesIn(funcname).at(-1) ?? '';
  const said = options.flatMap((option) =>
    'DefElem' in option &&
    option.DefElem.defname === 'volatility' &&
    option.DefElem.arg &&
    'String' in option.DefElem.arg
      ? [option.DefElem.arg.String.sval]
      : [],
  );
  const [word] = said;
  knowledge.functions.set(name, word === 'immutable' || word === 'stable' ? word : 'volatile');
}
