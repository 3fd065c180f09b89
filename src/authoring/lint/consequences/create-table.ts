import type { Constraint, CreateStmt } from '@pgsql/types';

import { familyOf, findRelation } from '../knowledge.ts';
import { constraintsIn } from '../tree.ts';
import { briefLock } from './add-column.ts';
import { lockOn, lockOnKey, type Case, type Consequence } from './consequence.ts';
import { createPartition } from './partitions.ts';

/** A new table locks nothing of its own, but what it refers to. */
export function createTable(statement: CreateStmt, subject: Case): readonly Consequence[] {
  const { tableElts = [], inhRelations = [], partbound } = statement;
  const { knowledge } = subject;
  const parents = partbound
    ? createPartition(statement, subject)
    : inhRelations.flatMap((node) =>
        'RangeVar' in node ? [{ locks: lockOn(findRelation(knowledge, node.RangeVar), 'SHARE UPDATE EXCLUSIVE') }] : [],
      );
  const constraints: readonly Constraint[] = [
    ...constraintsIn(tableElts),
    ...tableElts.flatMap((node) => ('ColumnDef' in node ? constraintsIn(node.ColumnDef.constraints) : [])),
  ];
  const foreign = constraints.filter(({ contype }) => contype === 'CONSTR_FOREIGN');
  const seen = new Set<string>();
  return [
    ...parents,
    ...foreign.flatMap((constraint): readonly Consequence[] => {
      const referenced = findRelation(knowledge, constraint.pktable ?? {});
      // One word for each table is enough, however many columns refer to it.
      if (
        seen.has(referenced.key) ||
        (referenced.facts === undefined && referenced.key === findRelation(knowledge, statement.relation ?? {}).key)
      )
        return [];
      seen.add(referenced.key);
      const locks = familyOf(knowledge, referenced.key).flatMap((key) =>
        key === referenced.key
          ? lockOn(referenced, 'SHARE ROW EXCLUSIVE')
          : lockOnKey(knowledge, key, 'SHARE ROW EXCLUSIVE'),
      );
      return locks.length === 0 ? [] : [{ locks, objection: briefLock(referenced, constraint.location) }];
    }),
  ];
}
