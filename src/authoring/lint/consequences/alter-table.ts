import type { AlterTableCmd, AlterTableStmt } from '@pgsql/types';

import { addColumn } from './add-column.ts';
import { addConstraint } from './add-constraint.ts';
import { alterTarget, type AlterTarget } from './alter-target.ts';
import { changeColumn } from './change-column.ts';
import { changeType } from './change-type.ts';
import { lockOnKey, objecting, type Case, type Consequence } from './consequence.ts';
import { attachPartition, detachPartition } from './partitions.ts';
import { tableSetting } from './table-settings.ts';
import { referrersOf } from './whole-table.ts';

/** ALTER TABLE, command by command; the strongest lock of them counts for all. */
export function alterTable(alter: AlterTableStmt, subject: Case): readonly Consequence[] {
  const { objtype, cmds = [] } = alter;
  // Neither a sequence nor an index alone keeps anybody from the rows for longer than a moment.
  if (objtype === 'OBJECT_SEQUENCE' || objtype === 'OBJECT_INDEX' || objtype === 'OBJECT_TYPE') return [];
  const target = alterTarget(alter, subject);
  const consequences = cmds.flatMap((node, index) => {
    if (!('AlterTableCmd' in node)) return [];
    return alterCommand(node.AlterTableCmd, { target, subject, text: () => target.command(index) });
  });
  return consequences;
}

interface Surroundings {
  readonly target: AlterTarget;
  readonly subject: Case;
  readonly text: () => string;
}

function alterCommand(command: AlterTableCmd, { target, subject, text }: Surroundings): readonly Consequence[] {
  const { subtype, def } = command;
  switch (subtype) {
    case 'AT_AddColumn':
      return def && 'ColumnDef' in def ? addColumn(def.ColumnDef, target, subject) : [];
    case 'AT_AlterColumnType':
      return def && 'ColumnDef' in def ? changeType(command.name ?? '', def.ColumnDef, target, subject) : [];
    case 'AT_AddConstraint':
      return def && 'Constraint' in def ? addConstraint(def.Constraint, target, { subject, text: text() }) : [];
    case 'AT_ValidateConstraint':
      return validate(command, target, subject);
    case 'AT_DropConstraint':
      return dropConstraint(command, target, subject);
    case 'AT_AttachPartition':
      return def && 'PartitionCmd' in def ? attachPartition(def.PartitionCmd, target, subject) : [];
    case 'AT_DetachPartition':
      return def && 'PartitionCmd' in def ? detachPartition(def.PartitionCmd, target, subject) : [];
    case 'AT_SetNotNull':
    case 'AT_DropNotNull':
    case 'AT_ColumnDefault':
    case 'AT_DropColumn':
    case 'AT_SetExpression':
      return changeColumn(command, target, subject);
    default:
      return tableSetting(command, target, subject);
  }
}

function validate({ name = '' }: AlterTableCmd, target: AlterTarget, { knowledge }: Case): readonly Consequence[] {
  const constraint = target.facts?.constraints.get(name);
  const work = constraint?.isValid === true ? 'instant' : 'scan';
  const referenced = constraint?.references;
  const others =
    referenced === undefined || referenced === target.key ? [] : lockOnKey(knowledge, referenced, 'ROW SHARE', work);
  return [{ locks: [...target.locks('SHARE UPDATE EXCLUSIVE', work), ...others] }];
}

function dropConstraint(
  { name = '', behavior }: AlterTableCmd,
  target: AlterTarget,
  { knowledge }: Case,
): readonly Consequence[] {
  const constraint = target.facts?.constraints.get(name);
  const referenced = constraint?.references;
  const other =
    referenced === undefined || referenced === target.key ? [] : lockOnKey(knowledge, referenced, 'ACCESS EXCLUSIVE');
  const isKey = constraint?.kind === 'primary key' || constraint?.kind === 'unique';
  const referrers = isKey && behavior === 'DROP_CASCADE' ? referrersOf(knowledge, [target.key]) : [];
  const locks = [
    ...target.locks('ACCESS EXCLUSIVE'),
    ...other,
    ...referrers.flatMap((key) => lockOnKey(knowledge, key, 'ACCESS EXCLUSIVE')),
  ];
  // The proof of NOT NULL has done its work when the column is NOT NULL.
  const isProof = (constraint?.provesNotNull ?? []).some(
    (column) => target.facts?.columns.get(column)?.notNull === true,
  );
  if (constraint?.isFresh === true || isProof) return [{ locks }];
  return [
    objecting(locks, {
      rule: 'drop-constraint',
      message: `nothing keeps wrong rows out of ${target.sql} any longer${other.length > 0 && referenced !== undefined ? `, and ${referenced} is locked too while it is dropped` : ''}`,
      recipe: [
        '-- be sure that code which runs meanwhile does not rely on it; putting it back needs rows that are still right',
      ],
    }),
  ];
}
