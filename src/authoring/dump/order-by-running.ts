import type { Session } from '../../runner/database/connection/session.ts';
import { dumpGroups, type DumpGroup, type PlacedStatement } from './dump-groups.ts';

/** Statements of one group that follow each other. */
export interface DumpPart {
  readonly group: DumpGroup;
  readonly statements: readonly PlacedStatement[];
}

export interface RunOrder {
  readonly parts: readonly DumpPart[];
  /** What the server refused to the end, with its words. */
  readonly refused: readonly string[];
}

/**
 * Finds an order that works by running the statements in an empty database: one that fails waits until the statements of its
 * group, then those of the next one, have run. The order that comes out is the one in which they ran.
 */
export async function orderByRunning(session: Session, placed: readonly PlacedStatement[]): Promise<RunOrder> {
  const parts: DumpPart[] = [];
  let waiting: readonly PlacedStatement[] = [];
  await session.query('SET check_function_bodies = off');
  for (const group of dumpGroups) {
    const own = await runUntilStuck(
      session,
      placed.filter((statement) => statement.group === group),
    );
    const late = await runUntilStuck(session, waiting);
    for (const done of [own.done, late.done])
      for (const statement of done) {
        const last = parts.at(-1);
        if (last?.group === statement.group)
          parts[parts.length - 1] = { ...last, statements: [...last.statements, statement] };
        else parts.push({ group: statement.group, statements: [statement] });
      }
    waiting = [...late.left, ...own.left];
  }
  const refused = await Promise.all(
    waiting.map(async ({ sql }) => `${sql.split('\n')[0] ?? ''}: ${await refusal(session, sql)}`),
  );
  return { parts, refused };
}

async function runUntilStuck(
  session: Session,
  statements: readonly PlacedStatement[],
): Promise<{ readonly done: readonly PlacedStatement[]; readonly left: readonly PlacedStatement[] }> {
  const done: PlacedStatement[] = [];
  let left = statements;
  for (;;) {
    const failed: PlacedStatement[] = [];
    for (const statement of left)
      ((await refusal(session, statement.sql)) === undefined ? done : failed).push(statement);
    if (failed.length === left.length || failed.length === 0) return { done, left: failed };
    left = failed;
  }
}

async function refusal(session: Session, sql: string): Promise<string | undefined> {
  try {
    await session.query(sql);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
