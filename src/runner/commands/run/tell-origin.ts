import { readRecordOrigin, remarkOnOrigin } from '../../database/record/record-origin.ts';
import type { Session } from '../../database/connection/session.ts';
import type { RunContext } from '../run-context.ts';

/** Answers which database of which cluster this is, and warns when the record was written on another one. */
export async function tellOrigin(
  session: Session,
  { settings, output }: Pick<RunContext, 'settings' | 'output'>,
): Promise<string | undefined> {
  const origin = await readRecordOrigin(session, settings.historySchema);
  const remark = origin && remarkOnOrigin(origin);
  if (remark !== undefined) {
    const text = `Note that ${remark}, e.g. restored from a dump. Check that it is the one that you mean.`;
    output.emit({ event: 'message', level: 'warning', text });
  }
  return origin?.here;
}
