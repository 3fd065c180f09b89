import type { Node } from '@pgsql/types';

import type { Consequence, Objection } from './consequences/consequence.ts';
import { isAtLeast, whoWaits, type LockEffect } from './finding.ts';
import type { Knowledge } from './knowledge.ts';
import { watchTimeouts } from './timeouts.ts';
import { addedUnvalidated, freshLabelUsed, refusedInTransaction, validatedIn } from './transaction-facts.ts';

/** What a statement finds when those before it have run, and what it leaves to those behind it. */
export interface TransactionWatch {
  /** Objections to the statement because of where it stands. Call it before the knowledge is carried on. */
  readonly judge: (node: Node, locks: readonly LockEffect[], knowledge: Knowledge) => readonly Consequence[];
}

interface Held {
  readonly lock: LockEffect;
  readonly statement: number;
}

export interface WatchOptions {
  readonly transactional: boolean;
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** Follows the statements of one section. */
export function watchTransaction({ transactional, ...limits }: WatchOptions): TransactionWatch {
  const held: Held[] = [];
  const unvalidated = new Set<string>();
  const said = new Set<string>();
  const timeouts = watchTimeouts({ transactional, ...limits });
  let number = 0;

  const once = (key: string, objection: () => Consequence): readonly Consequence[] => {
    if (said.has(key)) return [];
    said.add(key);
    return [objection()];
  };

  const followSettings = (node: Node): readonly Consequence[] => {
    const isLocal = 'VariableSetStmt' in node && node.VariableSetStmt.is_local === true;
    return isLocal && !transactional
      ? [
          because({
            rule: 'set-local-without-transaction',
            message: 'has no effect: there is no transaction around it',
            recipe: ['-- write SET; the runner resets the session behind the revision'],
          }),
        ]
      : [];
  };

  const inTransaction = (node: Node, locks: readonly LockEffect[], knowledge: Knowledge): readonly Consequence[] => {
    const refused = refusedInTransaction(node);
    const validated = validatedIn(node, knowledge).filter((name) => unvalidated.has(name));
    // All that is in the list stops somebody.
    const working = locks.some(({ effect }) => effect !== 'instant') ? held[0] : undefined;
    const label = freshLabelUsed(node, knowledge);
    return [
      ...(refused === undefined
        ? []
        : [
            because({
              rule: 'concurrently-in-transaction',
              message: `fails: ${refused} cannot run inside a transaction`,
              recipe: ['-- in a revision of its own, with `-- migrate:up transaction:false`'],
            }),
          ]),
      ...validated.map((name) =>
        because(
          {
            rule: 'validate-in-same-transaction',
            message: `proves ${name.split(' ')[1] ?? name} while the lock under which it was added is still held`,
            recipe: ['-- VALIDATE CONSTRAINT in a revision of its own, behind this one'],
          },
          locks,
        ),
      ),
      ...(label === undefined
        ? []
        : [
            because({
              rule: 'enum-value-used-in-transaction',
              message: `fails: the enum value '${label}' is not committed yet`,
              recipe: ['-- ALTER TYPE … ADD VALUE in a revision of its own, before this one'],
            }),
          ]),
      ...(working && validated.length === 0
        ? once(`work ${working.lock.relation}`, () =>
            because(
              {
                rule: 'work-under-lock',
                message: `works while statement ${working.statement} of this transaction still holds ${working.lock.mode} on ${working.lock.relation} (${whoWaits(working.lock.mode)})`,
                recipe: ['-- a revision of its own for each: the lock ends with its transaction'],
              },
              [working.lock, ...locks],
            ),
          )
        : []),
      ...severalTables(locks),
    ];
  };

  const severalTables = (locks: readonly LockEffect[]): readonly Consequence[] => {
    // Before the search: a revision of thousands of statements holds thousands of locks.
    if (said.has('several')) return [];
    const strong = locks.find(
      ({ mode, relation }) =>
        isAtLeast(mode, 'SHARE ROW EXCLUSIVE') &&
        !held.some(({ lock }) => lock.relation === relation && isAtLeast(lock.mode, mode)),
    );
    const other = held.find(
      ({ lock }) =>
        isAtLeast(lock.mode, 'SHARE ROW EXCLUSIVE') && !locks.some(({ relation }) => relation === lock.relation),
    );
    return strong && other
      ? once('several', () =>
          because(
            {
              rule: 'several-tables-locked',
              message: `waits for ${strong.relation} while ${other.lock.relation} is locked since statement ${other.statement}: whoever uses both may deadlock with it`,
              recipe: ['-- a revision of its own for each table'],
            },
            [other.lock, ...locks],
          ),
        )
      : [];
  };

  return {
    judge: (node, locks, knowledge) => {
      number += 1;
      const consequences = [...followSettings(node), ...(transactional ? inTransaction(node, locks, knowledge) : [])];
      for (const name of addedUnvalidated(node, knowledge)) unvalidated.add(name);
      if (transactional)
        held.push(...locks.filter(({ mode }) => isAtLeast(mode, 'SHARE')).map((lock) => ({ lock, statement: number })));
      return [...consequences, ...timeouts.judge(node, locks)];
    },
  };
}

function because(objection: Objection, locks: readonly LockEffect[] = []): Consequence {
  return { locks, objection };
}
