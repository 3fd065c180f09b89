import { version } from '../../../contract/version.ts';
import { countAdopted } from '../../adoption/match-revisions.ts';
import { tableLabel, type ForeignTable } from '../../adoption/foreign-tool.ts';
import { readForeignRows } from '../../adoption/find-foreign-tables.ts';
import type { AnswerDocument } from '../../documents/documents.ts';
import { refuseUnfitSession } from '../../database/connection/check-session.ts';
import { databaseLabel } from '../../database/connection/connection-settings.ts';
import { checkRecord, readRecord } from '../../database/record/record-tables.ts';
import { pinSearchPath } from '../../database/run/revision-transaction.ts';
import { openSession, type Session } from '../../database/connection/session.ts';
import { readRevisions, type RevisionFolder } from '../../files/read-revisions.ts';
import { planStamp } from '../../history/plan-stamp.ts';
import type { AppliedRevision } from '../../history/record.ts';
import type { AdoptInvocation } from '../../command-line/invocation.ts';
import { adoptionDocument, formatAdoption, type Adoption } from './adopt-answer.ts';
import { findAdoptedTable } from './adopt-detect.ts';
import { proveAdoption, type Prove } from './adopt-proof.ts';
import { recordAdoption } from './adopt-record.ts';
import { readKeeping } from './keep-alembic.ts';
import { adoptedLineage } from '../lineage.ts';
import { refuseLockFileProblems } from '../lock.ts';
import { sessionOptionsOf, withSession, type RunContext } from '../run-context.ts';
import { takeLock } from '../run/run-plan.ts';
import { noteRecord, type RunState } from '../run/run-state.ts';
import { readStampChanges } from '../stamp/stamp-changes.ts';

/**
 * Takes over a database that another tool manages: reads what its table says is applied, finds our revisions of it, proves
 * that the schema is the one which they build, and records them as applied. Runs none of them. One transaction, under the
 * runner's lock; a dry run changes nothing and takes no lock.
 * @throws AppError `nothing-to-adopt` (2), `foreign-unknown` (4), `foreign-unsound` (5), `adoption-differs` (11), `locked` (7).
 */
export async function adopt(
  context: RunContext,
  state: RunState,
  { asked, prove }: { readonly asked: AdoptInvocation; readonly prove: Prove },
): Promise<AnswerDocument<'adopt'>> {
  const { settings, output } = context;
  const whole = await readRevisions(settings.migrations);
  refuseLockFileProblems(whole);
  const connection = context.connection();
  const openAnother = (): Promise<Session> => openSession(sessionOptionsOf(context, connection));
  if (!asked.dryRun) {
    const database = databaseLabel(connection);
    const revisionCount = whole.revisions.length;
    output.emit({ event: 'run.started', command: 'adopt', target: asked.tool, database, revisionCount, version });
  }
  return withSession(context, async (session) => {
    if (!asked.dryRun) await refuseUnfitSession(session, openAnother);
    await session.query(pinSearchPath);
    if (!asked.dryRun) await takeLock(context, session);
    const found = await findAdoptedTable(session, asked);
    output.emit({ event: 'message', level: 'info', text: `${found.tool.title}'s table is ${tableLabel(found)}.` });
    await checkRecord(session, settings.historySchema);
    const before = await readRecord(session, settings.historySchema);
    const folder = await adoptedLineage(whole, before);
    noteRecord(state, folder.revisions, before);
    const adoption = await planAdoption(session, { context, folder, found, before, asked, prove });
    if (!asked.dryRun) {
      await recordAdoption(session, context, { adoption, asked });
      noteRecord(state, folder.revisions, await readRecord(session, settings.historySchema));
      output.emit({ event: 'message', level: 'info', text: formatAdoption(adoptionDocument(adoption), 'after') });
    }
    return adoptionDocument(adoption);
  });
}

interface Planning {
  readonly context: RunContext;
  readonly folder: RevisionFolder;
  readonly found: ForeignTable;
  readonly before: readonly AppliedRevision[];
  readonly asked: AdoptInvocation;
  readonly prove: Prove;
}

async function planAdoption(
  session: Session,
  { context, folder, found, before, asked, prove }: Planning,
): Promise<Adoption> {
  const { revisions } = folder;
  const foreign = await readForeignRows(session, found);
  const count = countAdopted(found, foreign, revisions);
  const newest = revisions[count - 1];
  const at = foreign.rows.at(-1)?.id;
  const keeping = found.tool.name === 'alembic' ? await readKeeping(session, context, revisions) : undefined;
  const shared = { found, at, keeping, applied: before };
  const wanted = new Set(revisions.slice(0, count).map(({ id }) => id));
  const ahead = before.filter(({ id }) => !wanted.has(id));
  const isRecorded = [...wanted].every((id) => before.some((row) => row.id === id));
  // What Alembic does not know cannot have been reverted by it.
  const isOurs = ahead.every(({ id }) => found.tool.name !== 'alembic' || !hasAlembicId(revisions, id));
  if (isRecorded && isOurs && (before.length > 0 || foreign.rows.length > 0)) {
    const changes = await readStampChanges({ insert: [], remove: [], correct: [] }, before, revisions);
    return { ...shared, isTaken: true, changes, proof: { kind: 'not-needed' } };
  }
  const proof = await proveAdoption(session, { context, folder, found, newest, asked, prove, ahead, at });
  const plan = planStamp(newest?.id ?? 'base', revisions, before);
  // The record keeps what it has of ours beyond Alembic's head; only what Alembic has reverted goes.
  const remove = isOurs ? [] : plan.remove;
  const changes = await readStampChanges({ ...plan, remove, correct: [] }, before, revisions);
  return { ...shared, isTaken: false, changes, proof };
}

function hasAlembicId(revisions: RevisionFolder['revisions'], id: string): boolean {
  return revisions.find((revision) => revision.id === id)?.alembicId !== undefined;
}
