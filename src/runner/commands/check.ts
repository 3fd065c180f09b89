import type { AnswerDocument } from '../documents/documents.ts';
import type { RunContext } from './run-context.ts';
import type { RunState } from './run/run-state.ts';
import { readSoundRecord } from './sound-record.ts';

/**
 * Says whether revisions are pending, and which. Reads only.
 * @throws AppError for an unsound history (4, 5).
 */
export async function check(context: RunContext, state: RunState): Promise<AnswerDocument<'check'>> {
  await readSoundRecord(context, state);
  return { upToDate: state.pending.length === 0, current: state.current, pending: state.pending };
}

export function formatCheck({ upToDate, current, pending }: AnswerDocument<'check'>): string {
  const at = current === null ? 'The database is at base' : `The database is at ${current}`;
  if (upToDate) return `${at} (head), nothing is pending.`;
  const count = pending.length;
  return [
    `${at}, ${count} revision${count === 1 ? ' is' : 's are'} pending:`,
    ...pending.map((name) => `  ${name}`),
  ].join('\n');
}
