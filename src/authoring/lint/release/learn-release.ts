import type { Node, RangeVar } from '@pgsql/types';

import { find, findRelation, type Knowledge, type NamedRelation } from '../knowledge.ts';
import { columnsReadBy, namesIn, nodesIn } from '../tree.ts';
import type { Successor } from './release-facts.ts';

/** Whether the relation came with this release, so that no running code knows it. */
export function isUnreleased({ facts }: Pick<NamedRelation, 'facts'>): boolean {
  return facts?.isFresh === true || facts?.unreleasedIn !== undefined;
}

export function isUnreleasedColumn({ facts }: Pick<NamedRelation, 'facts'>, column: string): boolean {
  const known = facts?.columns.get(column);
  return known?.isFresh === true || known?.unreleasedIn !== undefined;
}

/** Notes what the statement makes ready to take another's place: values that are copied, triggers that write both. */
export function learnRelease(knowledge: Knowledge, node: Node, revision: string): void {
  const { release } = knowledge;
  if ('UpdateStmt' in node) {
    const { relation = {}, targetList = [] } = node.UpdateStmt;
    const table = findRelation(knowledge, relation);
    for (const target of targetList) {
      if (!('ResTarget' in target)) continue;
      const { name: filled = '', val } = target.ResTarget;
      if (!isUnreleasedColumn(table, filled) || isUnreleased(table)) continue;
      for (const read of columnsReadBy(val))
        succeed(knowledge, { table, column: read, by: `${table.sql}.${filled}`, how: 'is filled from it', revision });
    }
  } else if ('InsertStmt' in node) {
    const { relation = {}, selectStmt } = node.InsertStmt;
    const target = findRelation(knowledge, relation);
    if (isUnreleased(target)) copyOf(knowledge, { select: selectStmt, by: target.sql, revision });
  } else if ('CreateTableAsStmt' in node) {
    const { into, query, objtype } = node.CreateTableAsStmt;
    if (objtype === 'OBJECT_TABLE' && into?.rel)
      copyOf(knowledge, { select: query, by: findRelation(knowledge, into.rel).sql, revision });
  } else if ('CreateFunctionStmt' in node) {
    const { funcname = [], options = [] } = node.CreateFunctionStmt;
    const body = JSON.stringify(options.filter((option) => 'DefElem' in option && option.DefElem.defname === 'as'));
    const columns = [...body.matchAll(/\bnew\.(?:\\"([^"\\]+)\\"|(\w+))/gi)].map(
      ([, quoted, bare = '']) => quoted ?? bare.toLowerCase(),
    );
    release.triggerColumns.set(namesIn(funcname).at(-1) ?? '', [...new Set(columns)]);
  } else if ('CreateTrigStmt' in node) {
    const { relation = {}, funcname = [] } = node.CreateTrigStmt;
    const table = findRelation(knowledge, relation);
    const columns = release.triggerColumns.get(namesIn(funcname).at(-1) ?? '') ?? [];
    for (const fresh of columns.filter((column) => isUnreleasedColumn(table, column))) {
      release.filledByTrigger.add(`${table.key}.${fresh}`);
      for (const read of columns)
        succeed(knowledge, { table, column: read, by: `${table.sql}.${fresh}`, how: 'a trigger keeps both', revision });
    }
  } else if ('RenameStmt' in node && node.RenameStmt.renameType === 'OBJECT_COLUMN') {
    const { relation = {}, subname = '' } = node.RenameStmt;
    leave(knowledge, findRelation(knowledge, relation), subname);
  } else if ('AlterTableStmt' in node) {
    const { relation = {}, cmds = [] } = node.AlterTableStmt;
    for (const command of cmds)
      if ('AlterTableCmd' in command && command.AlterTableCmd.subtype === 'AT_DropColumn')
        leave(knowledge, findRelation(knowledge, relation), command.AlterTableCmd.name ?? '');
  }
}

function leave({ release }: Knowledge, table: NamedRelation, column: string): void {
  if (!isUnreleased(table) && !isUnreleasedColumn(table, column)) release.gone.add(`${table.key}.${column}`);
}

interface Succession extends Successor {
  readonly table: NamedRelation;
  readonly column: string;
}

/** Of several that take its place the first is named. */
function succeed(knowledge: Knowledge, { table, column, ...successor }: Succession): void {
  const { facts, key } = table;
  const isColumn = facts !== undefined && (facts.columns.has(column) || !knowledge.isComplete);
  if (!isColumn || isUnreleased(table) || isUnreleasedColumn(table, column)) return;
  const name = `${key}.${column}`;
  if (!knowledge.release.successors.has(name)) knowledge.release.successors.set(name, successor);
}

interface Copy {
  readonly select: Node | undefined;
  readonly by: string;
  readonly revision: string;
}

/** Rows of an old table in a new one: the table may be replaced by it, and so may each column that is read. */
function copyOf(knowledge: Knowledge, { select, by, revision }: Copy): void {
  if (!select || !('SelectStmt' in select)) return;
  const { fromClause = [], targetList = [] } = select.SelectStmt;
  const sources = [...nodesIn(fromClause)].flatMap(([kind, part]) =>
    kind === 'RangeVar' ? [findRelation(knowledge, part as RangeVar)] : [],
  );
  const targets = targetList.flatMap((target) => ('ResTarget' in target ? columnsReadBy(target.ResTarget.val) : []));
  const isWhole = JSON.stringify(targetList).includes('A_Star');
  for (const table of sources) {
    if (isUnreleased(table)) continue;
    const successor = { by, how: 'is filled from it', revision };
    // A second source is only looked up in; which one is copied is evident of one alone.
    if (sources.length === 1 && !knowledge.release.successors.has(table.key))
      knowledge.release.successors.set(table.key, successor);
    const columns = isWhole ? [...(table.facts?.columns.keys() ?? [])] : targets;
    for (const column of columns) {
      // The key is copied to find the row again, and stays.
      if (!isKey(table, column)) succeed(knowledge, { table, column, ...successor });
    }
  }
}

function isKey({ facts }: NamedRelation, column: string): boolean {
  return [...(facts?.constraints.values() ?? [])].some(
    ({ kind, columns }) => kind === 'primary key' && columns.includes(column),
  );
}

/** Hands what is known of the release on to knowledge that was read from a database. */
export function withRelease(read: Knowledge, learned: Knowledge): Knowledge {
  for (const [key, { unreleasedIn, mayHoldRows, columns }] of learned.relations) {
    const dot = key.indexOf('.');
    const { facts } = find(read, key.slice(0, dot), key.slice(dot + 1));
    if (!facts) continue;
    if (unreleasedIn !== undefined) facts.unreleasedIn = unreleasedIn;
    if (mayHoldRows === true) facts.mayHoldRows = true;
    for (const [name, column] of columns) {
      const same = facts.columns.get(name);
      if (same && column.unreleasedIn !== undefined) same.unreleasedIn = column.unreleasedIn;
    }
  }
  return { ...read, release: learned.release };
}
