import { withScratchSession } from '../scratch/scratch-session.ts';
import type { ScratchDatabase } from '../scratch/scratch-server.ts';

/**
 * An order in which the statements run, found by running them: one that fails is tried again when others have run. Those
 * that never run stay at the end. The database is changed; that the order leads where it should is for the proof to say.
 */
export async function settleOrder<Statement extends { readonly sql: string }>(
  { connection }: ScratchDatabase,
  statements: readonly Statement[],
): Promise<readonly Statement[]> {
  return withScratchSession(connection, async (session) => {
    const settled: Statement[] = [];
    let waiting = statements;
    for (;;) {
      const failed: Statement[] = [];
      for (const statement of waiting) {
        const ran = await session.query(statement.sql).then(
          () => true,
          () => false,
        );
        (ran ? settled : failed).push(statement);
      }
      if (failed.length === 0 || failed.length === waiting.length) return [...settled, ...failed];
      waiting = failed;
    }
  });
}
