import { countStatements } from '../../files/read-sql-revision.ts';
import type { JournalledRun } from './journalled-run.ts';
import { createScriptBatch, refuseScriptBatch } from '../backfill/script-batch.ts';
import { runSqlBatches } from '../backfill/sql-batch.ts';
import { fileSectionUnits, runFileSection } from './run-file-section.ts';
import { runScript } from '../script/run-script.ts';
import { runSection, sectionUnits, type OnStatement, type RunBatched } from './run-section.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from '../connection/session.ts';
import { StatementFailure } from './statement-failure.ts';

/** How the work tells where it is. */
export interface WorkRun extends RevisionRun {
  readonly onStatement: OnStatement;
}

/** Runs what the revision does, inside the transaction that is open. @throws StatementFailure, and what a script throws. */
export async function runWork(session: Session, revision: RunnableRevision, options: WorkRun): Promise<void> {
  const { work, transactional } = revision;
  switch (work.kind) {
    case 'sql':
      return runSection(session, work.section, options.onStatement);
    case 'sql-file':
      return runFileSection(session, work.section, options);
    case 'script':
      // It may compute for longer than that between two queries, and a killed one ends with its connection.
      await session.query('SET idle_in_transaction_session_timeout = 0');
      return runScript(session, work.run, {
        ...options,
        batch: transactional ? refuseScriptBatch : createScriptBatch(session, revision, options),
      });
  }
}

/** What the revision does in parts for the journal; a script counts as one. */
export function journalledWork(
  session: Session,
  revision: RunnableRevision,
  options: WorkRun,
): Pick<JournalledRun, 'units' | 'count'> {
  const { work, text, checksum } = revision;
  switch (work.kind) {
    case 'sql': {
      const { onStatement } = options;
      const runBatched: RunBatched = (statement, at) => {
        onStatement(at.statement);
        return runSqlBatches(session, statement, { revision, options, ...at });
      };
      return { units: sectionUnits(session, work.section, { onStatement, runBatched }), count: countStatements(work) };
    }
    case 'sql-file':
      return { units: fileSectionUnits(session, work.section, options.onStatement), count: countStatements(work) };
    case 'script': {
      const run = (): Promise<void> => asOnlyStatement(() => runWork(session, revision, options));
      return { units: [{ text, checksum, run }], count: 1 };
    }
  }
}

async function asOnlyStatement(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new StatementFailure(error, { offset: 0, sent: '', statement: 1, statements: 1 });
  }
}
