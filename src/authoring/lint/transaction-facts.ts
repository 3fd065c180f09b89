import type { Node } from '@pgsql/types';

import { isOn } from './consequences/indexes.ts';
import { find, type Knowledge } from './knowledge.ts';
import { namesIn, nodesIn } from './tree.ts';

/** What is refused inside a transaction block, in the words of the server. */
export function refusedInTransaction(node: Node): string | undefined {
  if ('IndexStmt' in node && node.IndexStmt.concurrent === true) return 'CREATE INDEX CONCURRENTLY';
  if ('DropStmt' in node && node.DropStmt.concurrent === true) return 'DROP INDEX CONCURRENTLY';
  if ('ReindexStmt' in node) {
    if (isOn(node.ReindexStmt.params ?? [], 'concurrently')) return 'REINDEX CONCURRENTLY';
    if (/SCHEMA|SYSTEM|DATABASE/.test(node.ReindexStmt.kind ?? '')) return 'REINDEX of a schema or database';
  }
  if ('VacuumStmt' in node && node.VacuumStmt.is_vacuumcmd === true) return 'VACUUM';
  if (
    'AlterTableStmt' in node &&
    [...nodesIn([node])].some(([kind, part]) => kind === 'PartitionCmd' && part['concurrent'] === true)
  )
    return 'DETACH PARTITION CONCURRENTLY';
  if ('CreatedbStmt' in node || 'DropdbStmt' in node || 'CreateTableSpaceStmt' in node || 'DropTableSpaceStmt' in node)
    return 'CREATE and DROP of databases and tablespaces';
  if ('AlterSystemStmt' in node) return 'ALTER SYSTEM';
  if ('ClusterStmt' in node && node.ClusterStmt.relation === undefined) return 'CLUSTER of all tables';
  return undefined;
}

export type TimeoutName = 'lock_timeout' | 'statement_timeout';

/** To how many milliseconds the statement sets it, 0 for no limit: SET, SET LOCAL, RESET and set_config() count. */
export function timeoutChange(node: Node, timeout: TimeoutName): number | 'reset' | undefined {
  if ('VariableSetStmt' in node) {
    const { kind, name, args = [] } = node.VariableSetStmt;
    if (kind === 'VAR_RESET_ALL') return 'reset';
    if (name !== timeout) return undefined;
    if (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT') return 'reset';
    return millisecondsOf(args[0]);
  }
  // Nobody sets it inside an INSERT, and walking through a large one takes long.
  for (const [kind, part] of 'SelectStmt' in node ? nodesIn([node]) : []) {
    if (kind !== 'FuncCall' || namesIn(part['funcname'] as readonly Node[]).at(-1) !== 'set_config') continue;
    const [name, value] = (part['args'] as readonly Node[] | undefined) ?? [];
    if (name && 'A_Const' in name && name.A_Const.sval?.sval === timeout) return millisecondsOf(value);
  }
  return undefined;
}

const unitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A number is milliseconds to the server; what cannot be read counts as a limit. */
function millisecondsOf(node: Node | undefined): number {
  if (!node || !('A_Const' in node)) return 1;
  const { ival, sval } = node.A_Const;
  if (ival !== undefined) return ival.ival ?? 0;
  const [, number, unit = 'ms'] = /^\s*([\d.]+)\s*(us|ms|s|min|h|d)?\s*$/.exec(sval?.sval ?? '') ?? [];
  return number === undefined ? 1 : Number(number) * (unitsMs[unit] ?? 1);
}

/** `table constraint` of what is added NOT VALID. */
export function addedUnvalidated(node: Node, knowledge: Knowledge): readonly string[] {
  return commandsOf(node, knowledge).flatMap(({ table, command }) => {
    const { subtype, def } = command as {
      subtype?: string;
      def?: { Constraint?: { skip_validation?: boolean; conname?: string } };
    };
    const constraint = subtype === 'AT_AddConstraint' ? def?.Constraint : undefined;
    return constraint?.skip_validation === true ? [`${table} ${constraint.conname ?? ''}`] : [];
  });
}

/** `table constraint` of what is validated. */
export function validatedIn(node: Node, knowledge: Knowledge): readonly string[] {
  return commandsOf(node, knowledge).flatMap(({ table, command }) =>
    command['subtype'] === 'AT_ValidateConstraint' ? [`${table} ${String(command['name'])}`] : [],
  );
}

function commandsOf(
  node: Node,
  knowledge: Knowledge,
): readonly { readonly table: string; readonly command: Readonly<Record<string, unknown>> }[] {
  if (!('AlterTableStmt' in node)) return [];
  const { relation = {} } = node.AlterTableStmt;
  const { key } = find(knowledge, relation.schemaname, relation.relname ?? '');
  return [...nodesIn([node])].flatMap(([kind, command]) => (kind === 'AlterTableCmd' ? [{ table: key, command }] : []));
}

/** A label that this transaction added to an enum that was there before, written as a value. */
export function freshLabelUsed(node: Node, knowledge: Knowledge): string | undefined {
  if ('AlterEnumStmt' in node) return undefined;
  const labels = new Set(
    [...knowledge.types.values()].flatMap((type) => (type.kind === 'enum' && !type.isFresh ? type.freshLabels : [])),
  );
  if (labels.size === 0) return undefined;
  for (const [kind, part] of nodesIn([node])) {
    const value = kind === 'A_Const' ? (part['sval'] as { readonly sval?: string } | undefined)?.sval : undefined;
    if (value !== undefined && labels.has(value)) return value;
  }
  return undefined;
}
