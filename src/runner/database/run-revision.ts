import type { ExitCode } from '../../contract/exit-codes.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { describeFailure } from './describe-failure.ts';
import { clearJournal } from './journal.ts';
import { deleteRecord, insertEvent, insertRecord } from './record-tables.ts';
import { inRevisionTransaction, resetSession } from './revision-transaction.ts';
import { runScript } from './run-script.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import { runSection, runStatementsWithJournal } from './run-section.ts';
import type { Session } from './session.ts';

/**
 * Runs one revision and changes the record with it: in one transaction, or statement by statement with the journal.
 * Answers the milliseconds it took.
 * @throws RevisionError (6, or 10 for a non-transactional one), the signal's reason when interrupted and rolled back.
 */
export async function runRevision(session: Session, revision: RunnableRevision, options: RevisionRun): Promise<number> {
  const { schema, signal, now } = options;
  const start = now();
  const elapsed = (): number => Math.round(now() - start);
  const record = async (): Promise<void> => {
    signal.throwIfAborted();
    await changeRecord(session, revision, options, elapsed());
  };
  const onNotice = (notice: { severity?: string | undefined; message?: string | undefined }): void =>
    options.emit({
      event: 'notice',
      revision: revision.id,
      severity: notice.severity ?? 'NOTICE',
      message: notice.message ?? '',
    });
  session.on('notice', onNotice);
  try {
    if (revision.transactional) {
      await inRevisionTransaction(session, { schema, body: () => runBody(session, revision, options), record });
    } else {
      await runWithoutTransaction(session, revision, options, record);
    }
    return elapsed();
  } catch (error) {
    if (signal.aborted && revision.transactional) throw signal.reason;
    const failure = describeFailure(error, revision);
    await noteFailure(session, revision, options, failure.failure.exitCode, failure.message);
    throw failure;
  } finally {
    session.off('notice', onNotice);
  }
}

async function runBody(session: Session, { work, id }: RunnableRevision, options: RevisionRun): Promise<void> {
  if (work.kind === 'sql') await runSection(session, work.section);
  else await runScript(session, work.run, { emit: options.emit, revision: id, signal: options.signal });
}

async function runWithoutTransaction(
  session: Session,
  revision: RunnableRevision,
  options: RevisionRun,
  record: () => Promise<void>,
): Promise<void> {
  const { schema } = options;
  const place = { revision: revision.id, direction: revision.direction };
  try {
    await runStatementsWithJournal(session, {
      schema,
      place,
      revision,
      options,
      runBody: () => runBody(session, revision, options),
    });
    await resetSession(session);
    await session.query('BEGIN');
    await record();
    await clearJournal(session, schema, revision.id);
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await resetSession(session);
  }
}

async function changeRecord(
  session: Session,
  revision: RunnableRevision,
  { schema, run }: RevisionRun,
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
}

/** The failure belongs in the event log; when that cannot be written either, the first failure is the one that counts. */
async function noteFailure(
  session: Session,
  { id, direction }: RunnableRevision,
  { schema, run }: RevisionRun,
  exitCode: ExitCode,
  reason: string,
): Promise<void> {
  const detail = { direction, halfway: exitCode === exitCodes.stoppedHalfway };
  await insertEvent(session, schema, { event: 'failure', revision: id, reason, detail }, run).catch(() => undefined);
}
