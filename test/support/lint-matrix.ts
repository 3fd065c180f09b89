import type pg from 'pg';

import { strongestLocks, isAtLeast, type LockEffect } from '../../src/authoring/lint/finding.ts';
import { judgeStatements } from '../../src/authoring/lint/judge-statements.ts';
import { parseStatements } from '../../src/authoring/lint/parse-statements.ts';
import { readKnowledge } from '../../src/authoring/lint/read-knowledge.ts';
import { observe } from '../../src/authoring/lint/trace/observe.ts';

export interface Compared {
  readonly rules: readonly string[];
  readonly claimed: readonly string[];
  readonly observed: readonly string[];
}

/** Judges a statement with the rules, runs it in a transaction that is rolled back, and puts both side by side. */
export async function compareWithServer(client: pg.Client, sql: string, major: number): Promise<Compared> {
  const statements = await parseStatements([{ text: sql, offset: 0 }]);
  const settings = { versions: { from: major, to: major }, lockTimeoutMs: 5_000, statementTimeoutMs: 0 };
  await client.query('BEGIN');
  try {
    const knowledge = await readKnowledge(client);
    const section = { revision: 'x', file: 'x.sql', text: sql, statements, transactional: true };
    const { findings, statements: judged } = judgeStatements(section, { settings, knowledge });
    const observer = await observe(client);
    try {
      await client.query(sql);
      const observed = await observer.look(statements[0]?.node);
      return {
        rules: findings.map(({ rule }) => rule),
        claimed: linesOf(judged.flatMap(({ locks }) => locks)),
        observed: linesOf(observed),
      };
    } finally {
      observer.stop();
    }
  } finally {
    await client.query('ROLLBACK');
  }
}

/** The locks of a statement that runs outside a transaction, read while it waits for a writer of the table. */
export async function compareWaiting(
  { client, writer }: { readonly client: pg.Client; readonly writer: pg.Client },
  { sql, table }: { readonly sql: string; readonly table: string },
): Promise<Pick<Compared, 'claimed' | 'observed'>> {
  const statements = await parseStatements([{ text: sql, offset: 0 }]);
  const settings = { versions: { from: 18, to: 18 }, lockTimeoutMs: 5_000, statementTimeoutMs: 0 };
  const section = { revision: 'x', file: 'x.sql', text: sql, statements, transactional: false };
  const judged = judgeStatements(section, { settings, knowledge: await readKnowledge(client) });
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await writer.query(`BEGIN; LOCK TABLE ${table} IN ROW EXCLUSIVE MODE`);
  const running = client.query(sql);
  const locks = await waitingLocks(writer, rows[0]?.pid ?? 0);
  await writer.query('COMMIT');
  await running;
  return {
    // How much work it is can be seen only when it is over; then its locks are gone.
    claimed: linesOf(
      judged.statements.flatMap((statement) =>
        statement.locks.map((lock) => ({ ...lock, effect: 'instant' as const })),
      ),
    ),
    observed: locks.toSorted(),
  };
}

async function waitingLocks(writer: pg.Client, pid: number): Promise<readonly string[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await writer.query<{ line: string; waits: boolean }>(
      `SELECT c.oid::regclass::text AS line, EXISTS (SELECT FROM pg_locks w WHERE w.pid = $1 AND NOT w.granted) AS waits
       FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
       WHERE l.pid = $1 AND l.granted AND l.mode = 'ShareUpdateExclusiveLock' AND c.relkind IN ('r', 'p')`,
      [pid],
    );
    if (rows.some(({ waits }) => waits)) return rows.map(({ line }) => `public.${line} SHARE UPDATE EXCLUSIVE instant`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the statement did not wait for the writer');
}

/** Weaker locks than those that stop somebody are not worth a claim. */
function linesOf(locks: readonly LockEffect[]): readonly string[] {
  return strongestLocks(locks)
    .filter(({ mode }) => isAtLeast(mode, 'SHARE UPDATE EXCLUSIVE'))
    .map(({ relation, mode, effect }) => `${relation} ${mode} ${effect}`)
    .toSorted();
}
