import type { DeleteStmt, GrantStmt, RangeVar, UpdateStmt } from '@pgsql/types';

import { findRelation, quotedIdentifier } from '../knowledge.ts';
import { lockOn, type Case, type Consequence } from './consequence.ts';

/** UPDATE and DELETE of many rows at once: locks on all of them, bloat, lag of the replicas. */
export function changeRows(
  statement: UpdateStmt | DeleteStmt,
  verb: 'UPDATE' | 'DELETE',
  { knowledge, statement: { text } }: Case,
): readonly Consequence[] {
  const table = findRelation(knowledge, statement.relation ?? {});
  const locks = lockOn(table, 'ROW EXCLUSIVE', 'scan');
  if (statement.whereClause !== undefined || locks.length === 0) return [{ locks }];
  const primary = [...(table.facts?.constraints.values() ?? [])].find(({ kind }) => kind === 'primary key');
  const key = quotedIdentifier(primary?.columns.length === 1 ? (primary.columns[0] ?? 'id') : 'id');
  return [
    {
      locks,
      objection: {
        rule: 'change-all-rows',
        message: `${verb === 'UPDATE' ? 'changes' : 'deletes'} every row of ${table.sql} in one transaction: whoever changes one of them meanwhile waits to the end`,
        recipe: [
          '-- in batches, each a transaction of its own, with `-- migrate:up transaction:false`:',
          `-- migrate:batch table=${table.sql} size=5000`,
          // A batch has no use for the rows that it changes.
          `${text.replace(/\sRETURNING\b[\s\S]*$/i, '')} WHERE ${key} BETWEEN $1 AND $2`,
        ],
      },
    },
  ];
}

export function insertRows(
  { relation = {} }: { readonly relation?: RangeVar },
  { knowledge }: Case,
): readonly Consequence[] {
  return [{ locks: lockOn(findRelation(knowledge, relation), 'ROW EXCLUSIVE') }];
}

/** Code whose statements nobody reads before it runs. */
export function runCode(word: 'DO' | 'CALL'): readonly Consequence[] {
  return [
    {
      locks: [],
      objection: {
        rule: 'hidden-statements',
        message: `what ${word} runs is not judged by the rules: only running it on a scratch server shows its locks`,
        recipe: ['-- where possible, write the statements themselves into the revision'],
      },
    },
  ];
}

export function revoke({ is_grant, objects = [] }: GrantStmt): readonly Consequence[] {
  if (is_grant === true || objects.length === 0) return [];
  return [{ locks: [], objection: { rule: 'revoke', message: 'old code that relies on the privilege fails at once' } }];
}
