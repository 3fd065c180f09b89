import type { AlterTableCmd } from '@pgsql/types';

import type { LockMode } from '../finding.ts';
import { findRelation } from '../knowledge.ts';
import type { AlterTarget } from './alter-target.ts';
import { lockOn, objecting, type Case, type Consequence, type Objection } from './consequence.ts';

/** Lock levels as AlterTableGetLockLevel (tablecmds.c) has them; what is not here takes ACCESS EXCLUSIVE for a moment. */
const lighter: Readonly<Record<string, LockMode>> = {
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
  AT_DetachPartitionFinalize: 'SHARE UPDATE EXCLUSIVE',
  AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigUser: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigUser: 'SHARE ROW EXCLUSIVE',
};

/** Commands that act on partitions as well. */
const recursing = new Set(['AT_SetStorage', 'AT_SetCompression', 'AT_DropExpression', 'AT_SetStatistics']);

/** What ALTER TABLE sets for the table as a whole. */
export function tableSetting(command: AlterTableCmd, target: AlterTarget, { knowledge }: Case): readonly Consequence[] {
  const subtype = command.subtype ?? '';
  const mode = lighter[subtype] ?? 'ACCESS EXCLUSIVE';
  const isTrigger = /^AT_(?:En|Dis)ableTrig|^AT_Enable(?:Always|Replica)Trig/.test(subtype);
  const locks = recursing.has(subtype) || isTrigger ? target.locks(mode) : target.lock(mode);
  const rewriting = (what: string): readonly Consequence[] => [
    objecting(target.lock('ACCESS EXCLUSIVE', 'rewrite'), {
      rule: 'rewrite-table',
      message: `${what}: writes all of ${target.sql} anew while reads and writes wait`,
      recipe: ['-- a new table, filled in batches, that takes the place of this one; or a maintenance window'],
    }),
  ];
  const objected = (objection: Objection): readonly Consequence[] => [objecting(locks, objection)];
  switch (subtype) {
    case 'AT_SetLogged':
      return target.facts?.persistence === 'permanent' ? [{ locks }] : rewriting('makes it logged');
    case 'AT_SetUnLogged':
      return target.facts?.persistence === 'unlogged' ? [{ locks }] : rewriting('makes it unlogged');
    case 'AT_SetAccessMethod':
      return rewriting('changes how it is stored');
    case 'AT_SetTableSpace':
      return rewriting('moves it to another tablespace');
    case 'AT_EnableRowSecurity':
    case 'AT_ForceRowSecurity':
      return objected({
        rule: 'row-security',
        message: `from now on policies decide which rows of ${target.sql} a role sees: a role without a policy sees none`,
        recipe: ['-- create the policies in the same revision, before this statement'],
      });
    case 'AT_DisableRowSecurity':
    case 'AT_NoForceRowSecurity':
      return objected({
        rule: 'row-security',
        message: `from now on every role that may read ${target.sql} sees all of its rows`,
      });
    case 'AT_AddInherit':
    case 'AT_DropInherit': {
      const parent =
        command.def && 'RangeVar' in command.def ? findRelation(knowledge, command.def.RangeVar) : undefined;
      return [{ locks: [...locks, ...(parent ? lockOn(parent, 'SHARE UPDATE EXCLUSIVE') : [])] }];
    }
    default:
      return [{ locks }];
  }
}
