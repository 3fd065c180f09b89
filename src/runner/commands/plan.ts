import { readHalfway } from '../database/halfway.ts';
import { readObstacles } from '../database/read-obstacles.ts';
import { readRecord } from '../database/record-tables.ts';
import { readTables, type TableFacts } from '../database/read-tables.ts';
import type { RunnableRevision } from '../database/runnable-revision.ts';
import type { Session } from '../database/session.ts';
import type { AnswerDocument } from '../documents/documents.ts';
import { readRevisions } from '../files/read-revisions.ts';
import { estimateWork, basisOf } from '../plan/estimate.ts';
import type { JudgedStatement, JudgePlan, PlannedLock } from '../plan/judge-port.ts';
import { planHash } from '../plan/plan-hash.ts';
import { refuseLockFileProblems, warnOfStrangers } from './lock.ts';
import { prepareUpgrade } from './prepare-upgrade.ts';
import { readPlanBasis } from './read-plan-basis.ts';
import { refuseEdits } from './refuse-edits.ts';
import { withSession, type RunContext } from './run-context.ts';
import { noteRecord, type RunState } from './run-state.ts';

export interface PlanRequest {
  readonly target: string;
  readonly allowOutOfOrder: boolean;
  readonly judge: JudgePlan;
}

/** Between two looks at the tables' counters. */
const apartMs = 1_000;

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
  const { settings, clock } = context;
  const schema = settings.historySchema;
  const folder = await readRevisions(settings.migrations);
  refuseLockFileProblems(folder);
  warnOfStrangers(folder, context);
  return withSession(context, async (session) => {
    await session.query('SET default_transaction_read_only = on');
    const applied = await readRecord(session, schema);
    noteRecord(state, folder.revisions, applied);
    await refuseEdits(session, { schema, folder, applied });
    const request = { target, allowOutOfOrder, atomic: settings.atomic };
    const { revisions } = await prepareUpgrade(folder, applied, request);
    const timeouts = { lockTimeoutMs: settings.lockTimeout, statementTimeoutMs: settings.statementTimeout };
    const judged = await judge(session, revisions, timeouts);
    const locks = judged.flatMap(({ statements }) => statements.flatMap((statement) => statement.locks));
    const relations = [...new Set(locks.map(({ relation }) => relation))];
    const tables = await readTables(session, relations, { sleep: clock.sleep, apartMs });
    const halfway = await readHalfway(session, schema);
    return {
      current: state.current,
      revisions: revisions.map((revision, index) => ({
        ...describeRevision(revision),
        halfway: halfway.find(({ revision: id }) => id === revision.id)?.backfills?.join('; ') ?? null,
        statements: (judged[index]?.statements ?? []).map((statement) => describeStatement(statement, tables)),
        hazards: judged[index]?.hazards ?? [],
      })),
      tables,
      obstacles: revisions.length === 0 ? [] : await readObstacles(session, locks),
      planHash: await hashOf(session, schema, { revisions, applied }),
    };
  });
}

async function hashOf(session: Session, ...basis: Tail<Parameters<typeof readPlanBasis>>): Promise<string> {
  return planHash(await readPlanBasis(session, ...basis));
}

type Tail<List extends readonly unknown[]> = List extends readonly [unknown, ...infer Rest] ? Rest : never;

function describeRevision({ id, name, file, transactional, work, downBody, unstored }: RunnableRevision): {
  readonly revision: string;
  readonly name: string;
  readonly file: string;
  readonly transactional: boolean;
  readonly isScript: boolean;
  readonly reversible: 'stored' | 'by its file' | 'no';
} {
  const isScript = work.kind === 'script';
  // A script's down stays in its file; of SQL the record keeps it, unless it is too long.
  const reversible = downBody !== undefined ? 'stored' : isScript || unstored?.includes('down') ? 'by its file' : 'no';
  return { revision: id, name, file, transactional, isScript, reversible };
}

function describeStatement(
  { locks, ...statement }: JudgedStatement,
  tables: readonly TableFacts[],
): AnswerDocument<'upgradePlan'>['revisions'][number]['statements'][number] {
  return { ...statement, locks: locks.map((lock) => describeLock(lock, tables)) };
}

function describeLock(
  { relation, mode, effect }: PlannedLock,
  tables: readonly TableFacts[],
): AnswerDocument<'upgradePlan'>['revisions'][number]['statements'][number]['locks'][number] {
  const bytes = tables.find((table) => table.relation === relation)?.bytes ?? 0;
  return { relation, mode, effect, ...estimateWork(effect, bytes), basis: basisOf(effect) };
}
