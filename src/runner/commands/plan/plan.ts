import { isServerError } from '../../database/connection/database-error.ts';
import { readHalfway } from '../../database/record/halfway.ts';
import { mayReadSessions, readObstacles } from '../../database/inspect/read-obstacles.ts';
import { readPace } from '../../database/inspect/read-pace.ts';
import { readRecord } from '../../database/record/record-tables.ts';
import { readTables } from '../../database/inspect/read-tables.ts';
import type { RunnableRevision } from '../../database/run/runnable-revision.ts';
import type { Session } from '../../database/connection/session.ts';
import type { AnswerDocument } from '../../documents/documents.ts';
import { readRevisions } from '../../files/read-revisions.ts';
import { describeRevisions } from '../../plan/describe-plan.ts';
import type { JudgedRevision, JudgePlan } from '../../plan/judge-port.ts';
import { planHash } from '../../plan/plan-hash.ts';
import { readLineage } from '../lineage.ts';
import { refuseLockFileProblems, warnOfStrangers } from '../lock.ts';
import { prepareUpgrade } from '../run/prepare-upgrade.ts';
import { readPlanBasis } from './read-plan-basis.ts';
import { refuseEdits } from '../run/refuse-edits.ts';
import { withSession, type RunContext } from '../run-context.ts';
import { noteRecord, type RunState } from '../run/run-state.ts';

export interface PlanRequest {
  readonly target: string;
  readonly allowOutOfOrder: boolean;
  readonly judge: JudgePlan;
}

/** Between two looks at the tables' counters: sessions add to them once a second at most. */
const apartMs = 2_000;

/**
 * What an upgrade would do to this database as it is now. Strictly reads: the session cannot write, and takes no lock that
 * anybody waits for.
 * @throws AppError as `upgrade` does before its first statement.
 */
export async function plan(
  context: RunContext,
  state: RunState,
  { target, allowOutOfOrder, judge }: PlanRequest,
): Promise<AnswerDocument<'upgradePlan'>> {
  const { settings } = context;
  const { historySchema: schema, atomic } = settings;
  const whole = await readRevisions(settings.migrations);
  refuseLockFileProblems(whole);
  warnOfStrangers(whole, context);
  return withSession(context, async (session) => {
    await session.query('SET default_transaction_read_only = on');
    const applied = await readRecord(session, schema);
    const folder = await readLineage(session, whole, { schema, applied, targets: [target] });
    noteRecord(state, folder.revisions, applied);
    await refuseEdits(session, { schema, folder, applied });
    const { revisions } = await prepareUpgrade(folder, applied, { target, allowOutOfOrder, atomic });
    const { judged, tables } = await look(session, context, { revisions, judge });
    const locks = judged.flatMap(({ statements }) => statements.flatMap((statement) => statement.locks));
    const [read, halfway] = [await readPace(session), await readHalfway(session, schema)];
    const basis = await readPlanBasis(session, schema, { revisions, applied, files: folder.revisions });
    state.planHash = planHash({ ...basis, atomic });
    return {
      current: state.current,
      revisions: describeRevisions(revisions, { judged, tables, read, halfway, atomic }),
      tables,
      readPace: read,
      seesSessions: await mayReadSessions(session),
      obstacles: revisions.length === 0 ? [] : await readObstacles(session, { wanted: locks, schema }),
      planHash: state.planHash,
    };
  });
}

interface Looked {
  readonly judged: readonly JudgedRevision[];
  readonly tables: AnswerDocument<'upgradePlan'>['tables'];
}

/**
 * The queries leave out what they would have to wait for; who locks a table between that look and the read is waited for, and
 * found by the next try.
 */
async function look(
  session: Session,
  { settings, clock }: RunContext,
  { revisions, judge }: { readonly revisions: readonly RunnableRevision[]; readonly judge: JudgePlan },
): Promise<Looked> {
  const timeouts = { lockTimeoutMs: settings.lockTimeout, statementTimeoutMs: settings.statementTimeout };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const judged = await judge(session, revisions, timeouts);
      const locks = judged.flatMap(({ statements }) => statements.flatMap((statement) => statement.locks));
      const relations = [...new Set(locks.map(({ relation }) => relation))];
      return { judged, tables: await readTables(session, relations, { sleep: clock.sleep, apartMs }) };
    } catch (error) {
      // 55P03 lock_not_available.
      if (attempt === 3 || !isServerError(error) || error.code !== '55P03') throw error;
    }
  }
}
