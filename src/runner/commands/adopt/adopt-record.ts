import { setAlembicVersion, alembicVersionOf, keepEvent, readKeptTable } from '../../database/record/kept-alembic.ts';
import { withRecordErrors } from '../../database/record/record-errors.ts';
import { ensureRecord, readRecordedIds } from '../../database/record/record-tables.ts';
import { deleteRecord, insertEvent, insertRecord } from '../../database/record/write-record.ts';
import { tableLabel } from '../../adoption/foreign-tool.ts';
import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { version } from '../../../contract/version.ts';
import { databaseLabel } from '../../database/connection/connection-settings.ts';
import { pinSearchPath } from '../../database/run/revision-transaction.ts';
import type { Session } from '../../database/connection/session.ts';
import type { AdoptInvocation } from '../../command-line/invocation.ts';
import { readRunIdentity } from '../../run-identity.ts';
import type { Adoption } from './adopt-answer.ts';
import { rememberKeeping } from './keep-alembic.ts';
import { withSession, type RunContext } from '../run-context.ts';
import { takeLock } from '../run/run-plan.ts';
import { tellOrigin } from '../run/tell-origin.ts';

/** Writes the adoption into the record, in one transaction; a database that was taken over before keeps its record as it is. */
export async function recordAdoption(
  session: Session,
  { settings, environment, identity, output }: RunContext,
  { adoption, asked }: { readonly adoption: Adoption; readonly asked: AdoptInvocation },
): Promise<void> {
  const schema = settings.historySchema;
  const { found, at, changes, proof, keeping, isTaken } = adoption;
  if (isTaken && (keeping === undefined || keeping.isRemembered)) return;
  await ensureRecord(session, schema);
  const run = {
    ...(await readRunIdentity({ ...identity, environment })),
    cluster: await tellOrigin(session, { settings, output }),
  };
  const { plan, bodies } = changes;
  const names = (revisions: readonly { readonly name: string }[]): string[] => revisions.map(({ name }) => name);
  const detail = {
    tool: found.tool.name,
    table: tableLabel(found),
    at: at ?? null,
    inserted: names(plan.insert),
    removed: names(plan.remove),
    proof: proof.kind,
    ...('provedOn' in proof && { provedOn: proof.provedOn, differences: proof.differences }),
  };
  await session.query('BEGIN');
  try {
    for (const { id } of [...plan.remove, ...plan.correct]) await deleteRecord(session, schema, id);
    for (const { recorded } of bodies) await insertRecord(session, schema, recorded, run);
    if (!isTaken) {
      const revision = plan.insert.at(-1)?.id;
      await insertEvent(session, schema, { event: 'adopt', revision, reason: asked.reason, detail }, run);
    }
    if (keeping) {
      await rememberKeeping(session, { historySchema: schema, run }, keeping);
      const { kept } = keeping;
      await setAlembicVersion(session, kept, alembicVersionOf(kept, await readRecordedIds(session, schema)));
    }
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    return withRecordErrors({ session, schema }, () => Promise.reject(error as Error));
  }
}

/** Ends what `--keep-alembic` began; the table itself stays. @throws AppError `not-kept` (2). */
export async function releaseAlembic(context: RunContext, { reason }: Pick<AdoptInvocation, 'reason'>): Promise<void> {
  const { settings, environment, identity, output } = context;
  const schema = settings.historySchema;
  const database = databaseLabel(context.connection());
  output.emit({
    event: 'run.started',
    command: 'adopt',
    target: 'alembic --release',
    database,
    revisionCount: 0,
    version,
  });
  await withSession(context, async (session) => {
    await session.query(pinSearchPath);
    await takeLock(context, session);
    const kept = await readKeptTable(session, schema);
    if (!kept) {
      throw new AppError({
        code: 'not-kept',
        exitCode: exitCodes.usage,
        message: 'No alembic_version is kept in step here, so there is nothing to release.',
        hint: 'Nothing is to be done; the table can be dropped when nobody uses Alembic any more.',
      });
    }
    const run = await readRunIdentity({ ...identity, environment });
    await insertEvent(session, schema, keepEvent('release-alembic', kept, reason), run);
    const name = tableLabel(kept);
    const text = `${name} is no longer kept in step. When nobody uses Alembic any more, drop it in a revision: \`DROP TABLE ${name};\`.`;
    output.emit({ event: 'message', level: 'info', text });
  });
}
