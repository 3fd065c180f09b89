import { AppError } from '../../contract/app-error.ts';
import { readHalfway, type HalfwayRun } from '../database/record/halfway.ts';
import { readRecord } from '../database/record/record-tables.ts';
import type { AppliedRevision } from '../history/record.ts';
import { withSession, type RunContext } from './run-context.ts';

/** What the record says: what is applied, and what stopped half-way. */
export interface ReadRecord {
  readonly applied: readonly AppliedRevision[];
  readonly halfway: readonly HalfwayRun[];
}

/**
 * The record for a command that can do without a database: `undefined` when it is not wanted, or when no database is named
 * and it is not required. A database that is named must answer.
 * @throws AppError `no-database` (2) when required, `database-unreachable` (8).
 */
export async function readRecordIfAsked(
  context: RunContext,
  { wanted, required }: { readonly wanted: boolean; readonly required: boolean },
): Promise<ReadRecord | undefined> {
  if (!wanted) return undefined;
  try {
    return await withSession(context, async (session) => {
      const { historySchema } = context.settings;
      return { applied: await readRecord(session, historySchema), halfway: await readHalfway(session, historySchema) };
    });
  } catch (error) {
    if (required || !(error instanceof AppError) || error.code !== 'no-database') throw error;
    context.output.remark('No database is named, so what is applied is not shown.');
    return undefined;
  }
}
