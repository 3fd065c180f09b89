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
  const settings = {
    versions: { from: major, to: major },
    lockTimeoutMs: 5_000,
    statementTimeoutMs: 20_000,
    release: 'each alone' as const,
  };
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

/** The locks of a statement that runs outside a transaction, read while it waits for another who uses the table. */
export async function compareWaiting(
  { client, writer }: { readonly client: pg.Client; readonly writer: pg.Client },
  { sql, table, use }: { readonly sql: string; readonly table: string; readonly use: 'ROW EXCLUSIVE' | 'ACCESS SHARE' },
): Promise<Pick<Compared, 'claimed' | 'observed'>> {
  const statements = await parseStatements([{ text: sql, offset: 0 }]);
  const settings = {
    versions: { from: 18, to: 18 },
    lockTimeoutMs: 5_000,
    statementTimeoutMs: 20_000,
    release: 'each alone' as const,
  };
  const section = { revision: 'x', file: 'x.sql', text: sql, statements, transactional: false };
  const judged = judgeStatements(section, { settings, knowledge: await readKnowledge(client) });
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await writer.query(`BEGIN; LOCK TABLE ONLY ${table} IN ${use} MODE`);
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
    const { rows } = await writer.query<{ lines: readonly string[]; waits: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_locks w WHERE w.pid = $1 AND NOT w.granted) AS waits, array(
         SELECT 'public.' || c.oid::regclass::text || ' ' ||
                CASE l.mode WHEN 'ShareUpdateExclusiveLock' THEN 'SHARE UPDATE EXCLUSIVE' WHEN 'AccessExclusiveLock' THEN 'ACCESS EXCLUSIVE' ELSE l.mode END
         FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
         WHERE l.pid = $1 AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock') AND c.relkind IN ('r', 'p')) AS lines`,
      [pid],
    );
    const [seen] = rows;
    if (seen?.waits === true) return seen.lines.map((line) => `${line} instant`);
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
