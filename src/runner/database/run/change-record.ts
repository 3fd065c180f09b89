import type { ExitCode } from '../../../contract/exit-codes.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { alembicVersionOf, moveAlembicVersion, type KeptAlembic } from '../record/kept-alembic.ts';
import { readRecordedIds } from '../record/record-tables.ts';
import { deleteRecord, insertEvent, insertRecord } from '../record/write-record.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import type { Session } from '../connection/session.ts';

/** Makes the record say that the revision was applied or reverted, inside the transaction that is open. */
export async function changeRecord(
  session: Session,
  revision: RunnableRevision,
  { schema, run, keptAlembic }: RevisionRun,
  durationMs: number,
): Promise<void> {
  const { id } = revision;
  if (revision.direction === 'up') {
    await insertRecord(session, schema, { ...revision, durationMs }, run);
  } else if (!(await deleteRecord(session, schema, id))) {
    throw new Error(`Revision ${id} was to be reverted but is not in the record`);
  }
  const event = revision.direction === 'up' ? 'upgrade' : 'downgrade';
  await insertEvent(session, schema, { event, revision: id, detail: { name: revision.name, durationMs } }, run);
  if (keptAlembic) await keepInStep(session, keptAlembic, { schema, revision });
}

async function keepInStep(
  session: Session,
  kept: KeptAlembic,
  { schema, revision: { id, direction } }: { readonly schema: string; readonly revision: RunnableRevision },
): Promise<void> {
  const now = await readRecordedIds(session, schema);
  const before = direction === 'up' ? now.filter((other) => other !== id) : [...now, id];
  await moveAlembicVersion(session, kept, { from: alembicVersionOf(kept, before), to: alembicVersionOf(kept, now) });
}

export interface NotedFailure {
  readonly exitCode: ExitCode;
  readonly reason: string;
  /** Names of all revisions that were rolled back with it, of a run in one transaction. */
  readonly rolledBack?: readonly string[];
}

/** The failure belongs in the event log; when that cannot be written either, the first failure is the one that counts. */
export async function noteFailure(
  session: Session,
  { id, direction }: RunnableRevision,
  { schema, run }: RevisionRun,
  { exitCode, reason, rolledBack }: NotedFailure,
): Promise<void> {
  const halfway = exitCode === exitCodes.stoppedHalfway;
  const detail = { direction, halfway, ...(rolledBack && { atomic: true, rolledBack }) };
  await insertEvent(session, schema, { event: 'failure', revision: id, reason, detail }, run).catch(() => undefined);
}
