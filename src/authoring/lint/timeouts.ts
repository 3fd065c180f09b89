import type { Node } from '@pgsql/types';

import type { Consequence } from './consequences/consequence.ts';
import { isAtLeast, whoWaits, type LockEffect } from './finding.ts';
import { refusedInTransaction, timeoutChange, type TimeoutName } from './transaction-facts.ts';

export interface TimeoutOptions {
  readonly transactional: boolean;
  /** As the runner sets them; 0 is without limit. */
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** Longer than this nobody who uses the table waits without noticing. */
const longestWaitMs = 60_000;

/** Follows what the statements of one section set, and objects once to each kind of missing or harmful limit. */
export function watchTimeouts({ transactional, lockTimeoutMs, statementTimeoutMs }: TimeoutOptions): {
  readonly judge: (node: Node, locks: readonly LockEffect[]) => readonly Consequence[];
} {
  const given: Readonly<Record<TimeoutName, number>> = {
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
  };
  const current = { ...given };
  const said = new Set<string>();

  const follow = (node: Node): void => {
    // Without a transaction SET LOCAL has no effect.
    if (!transactional && 'VariableSetStmt' in node && node.VariableSetStmt.is_local === true) return;
    for (const name of ['lock_timeout', 'statement_timeout'] as const) {
      const change = timeoutChange(node, name);
      if (change !== undefined) current[name] = change === 'reset' ? given[name] : change;
    }
  };

  const objections = (node: Node, locks: readonly LockEffect[]): readonly (Consequence | undefined)[] => {
    const strong = locks.filter(({ mode }) => isAtLeast(mode, 'SHARE'));
    const [waits] = strong;
    const working = strong.find(({ effect }) => effect !== 'instant');
    const building = locks.find(({ mode, effect }) => mode === 'SHARE UPDATE EXCLUSIVE' && effect === 'build');
    const { lock_timeout: lock, statement_timeout: statement } = current;
    return [
      waits && isUnlimited(lock) && refusedInTransaction(node) === undefined
        ? {
            locks,
            objection: {
              rule: 'lock-timeout-off',
              message: `waits for ${waits.relation} ${limitOf(lock)}, and everybody who comes later waits behind it`,
              recipe: [
                '-- leave lock_timeout to the runner: `--lock-timeout 5s`, which tries again until `--lock-retry-for` is over',
              ],
            },
          }
        : undefined,
      working && isUnlimited(statement)
        ? {
            locks,
            objection: {
              rule: 'statement-timeout-off',
              message: `holds ${working.mode} on ${working.relation} during a ${working.effect} that may take ${limitOf(statement)} (${whoWaits(working.mode)}), and nothing ends it`,
              recipe: [
                transactional ? "SET LOCAL statement_timeout = '30s'" : "SET statement_timeout = '30s'",
                '-- above this statement: when it takes longer, it is undone and nobody waits any more',
              ],
            },
          }
        : undefined,
      building && statement > 0
        ? {
            locks,
            objection: {
              rule: 'statement-timeout-cuts-build',
              message: `is cut off after ${statement} ms by statement_timeout and then leaves an INVALID index on ${building.relation}; nobody waits while it builds`,
              recipe: [
                'SET statement_timeout = 0',
                '-- above this statement; the runner resets it behind the revision',
              ],
            },
          }
        : undefined,
    ];
  };

  return {
    judge: (node, locks) => {
      follow(node);
      return objections(node, locks).flatMap((consequence) => {
        const rule = consequence?.objection?.rule;
        if (consequence === undefined || rule === undefined || said.has(rule)) return [];
        said.add(rule);
        return [consequence];
      });
    },
  };
}

function isUnlimited(timeoutMs: number): boolean {
  return timeoutMs === 0 || timeoutMs > longestWaitMs;
}

function limitOf(timeoutMs: number): string {
  return timeoutMs === 0 ? 'without limit' : `up to ${Math.round(timeoutMs / 1_000)} s`;
}
