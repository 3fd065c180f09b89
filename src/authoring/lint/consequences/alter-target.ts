import type { AlterTableStmt, ColumnDef, Node } from '@pgsql/types';

import type { LockEffect, LockMode, Work } from '../finding.ts';
import { familyOf, findRelation, type NamedRelation } from '../knowledge.ts';
import { cutAlterTable } from '../parse-statements.ts';
import { nodesIn } from '../tree.ts';
import { lockOn, lockOnKey, type Case } from './consequence.ts';

/** The table that an ALTER TABLE is about, with what every command of it needs. */
export interface AlterTarget extends NamedRelation {
  /** Its bare name. */
  readonly name: string;
  /** The lock on the table and, unless ONLY is said, on its partitions; work is done in those that hold rows. */
  readonly locks: (mode: LockMode, work?: Work) => readonly LockEffect[];
  /** The lock on the table alone. */
  readonly lock: (mode: LockMode, work?: Work) => readonly LockEffect[];
  /** Text of the command with that number, from 0. */
  readonly command: (index: number) => string;
  /** The type of a column as it is written. */
  readonly typeText: (column: ColumnDef) => string;
  /** What stands between the first parentheses behind a place. */
  readonly parenthesised: (at: number | undefined) => string;
  /** The text of an expression, as far as its nodes tell where it stands; a call or a literal mostly. */
  readonly slice: (expression: Node | undefined) => string | undefined;
}

export function alterTarget(alter: AlterTableStmt, { knowledge, statement }: Case): AlterTarget {
  const { relation = {} } = alter;
  const named = findRelation(knowledge, relation);
  const family = relation.inh === true ? familyOf(knowledge, named.key) : [named.key];
  let commands: readonly string[] | undefined;
  const bytes = Buffer.from(statement.text);
  /** From a place up to where the text cannot belong to it any more: a comma or a word of the column at depth 0. */
  const upTo = (from: number, stop: RegExp): string => {
    const rest = bytes.subarray(from).toString();
    let depth = 0;
    for (const match of rest.matchAll(/[(),]|'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_]\w*/g)) {
      const [token] = match;
      if (token === '(') depth += 1;
      else if (token === ')') depth -= 1;
      if (depth < 0 || (depth === 0 && match.index > 0 && (token === ',' || stop.test(token))))
        return rest.slice(0, match.index).trim();
    }
    return rest.trim();
  };
  return {
    ...named,
    name: relation.relname ?? '',
    locks: (mode, work = 'instant') =>
      family.flatMap((key) =>
        key === named.key ? lockOn(named, mode, workOn(named, work)) : lockOnKey(knowledge, key, mode, work),
      ),
    lock: (mode, work = 'instant') => lockOn(named, mode, workOn(named, work)),
    command: (index) => {
      commands ??= cutAlterTable(statement.text, relation.location ?? 0).commands;
      return commands[index] ?? '';
    },
    typeText: ({ typeName }) =>
      upTo(
        typeName?.location ?? 0,
        /^(?:not|null|default|check|references|unique|primary|generated|constraint|using|collate|storage|compression|deferrable|initially)$/i,
      ),
    parenthesised: (at = 0) => {
      const open = bytes.indexOf('(', at);
      return open === -1 ? '…' : upTo(open + 1, /^$/);
    },
    slice: (expression) => {
      const starts = [...nodesIn([expression])].flatMap(([, { location }]) =>
        typeof location === 'number' ? [location] : [],
      );
      return starts.length === 0
        ? undefined
        : upTo(
            Math.min(...starts),
            /^(?:not|null|check|references|unique|primary|generated|constraint|deferrable|initially)$/i,
          );
    },
  };
}

/** A partitioned table holds no rows itself. */
function workOn({ facts }: NamedRelation, work: Work): Work {
  return facts?.kind === 'partitioned' ? 'instant' : work;
}
