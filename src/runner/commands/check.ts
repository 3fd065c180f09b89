import { exitCodes, type ExitCode } from '../../contract/exit-codes.ts';
import { readRecord } from '../database/record-tables.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { checkHistory, refuseUnsoundHistory } from '../history/check-history.ts';
import { refuseLockFileProblems, warnOfStrangers } from './lock.ts';
import { withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';

/**
 * Says whether revisions are pending, and which. Reads only. Answers 0 or 3.
 * @throws AppError for an unsound history (4, 5).
 */
export async function check(context: RunContext, state: RunState): Promise<ExitCode> {
  const { settings, output } = context;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  warnOfStrangers(folder, context);
  const applied = await withSession(context, (session) => readRecord(session, settings.historySchema));
  noteRecord(state, folder.revisions, applied);
  refuseUnsoundHistory(checkHistory(folder.revisions, applied), { allowOutOfOrder: false });
  const at = state.current === null ? 'The database is at base' : `The database is at ${state.current}`;
  const count = state.pending.length;
  output.answer({
    text:
      count === 0
        ? `${at} (head), nothing is pending.`
        : [
            `${at}, ${count} revision${count === 1 ? ' is' : 's are'} pending:`,
            ...state.pending.map((name) => `  ${name}`),
          ].join('\n'),
    document: { upToDate: count === 0, current: state.current, pending: state.pending },
  });
  return count === 0 ? exitCodes.done : exitCodes.pending;
}
