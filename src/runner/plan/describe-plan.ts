import { halfwayText, type HalfwayRun } from '../database/record/halfway.ts';
import type { ReadPace } from '../database/inspect/read-pace.ts';
import type { TableFacts } from '../database/inspect/read-tables.ts';
import type { RunnableRevision } from '../database/run/runnable-revision.ts';
import type { AnswerDocument } from '../documents/documents.ts';
import { estimateWork, sumOf, type TimeRange } from './estimate.ts';
import type { JudgedRevision, JudgedStatement, PlannedLock } from './judge-port.ts';

type PlannedRevision = AnswerDocument<'upgradePlan'>['revisions'][number];
type PlannedStatement = PlannedRevision['statements'][number];

export interface PlanFacts {
  readonly judged: readonly JudgedRevision[];
  readonly tables: readonly TableFacts[];
  readonly read: ReadPace;
  readonly halfway: readonly HalfwayRun[];
  /** Whether the whole run is one transaction. */
  readonly atomic: boolean;
}

/** What each revision does, with how long it works under each lock and how long that lock is held. */
export function describeRevisions(
  revisions: readonly RunnableRevision[],
  { judged, tables, read, halfway, atomic }: PlanFacts,
): readonly PlannedRevision[] {
  const timeUnder = ({ text, batch }: JudgedStatement, lock: PlannedLock): TimeRange | undefined => {
    if (batch !== null || (lock.effect === 'instant' && dependsOnRows(text))) return undefined;
    return estimateWork(lock, { table: tables.find(({ relation }) => relation === lock.relation), read });
  };
  const described: PlannedRevision[] = [];
  // From the end, since a lock is held for all that follows in its transaction.
  let later: TimeRange | undefined = { fromMs: 0, toMs: 0 };
  for (const [index, revision] of [...revisions.entries()].toReversed()) {
    const { statements, hazards } = judged[index] ?? { statements: [], hazards: [] };
    const stopped = halfway.find((run) => run.revision === revision.id && run.direction === 'up');
    const finished = stopped?.finished ?? 0;
    if (!atomic) later = { fromMs: 0, toMs: 0 };
    // What a script does is known when it runs, and so is how long.
    if (revision.work.kind === 'script') later = undefined;
    const own: PlannedStatement[] = [];
    for (const statement of statements.slice(finished).toReversed()) {
      const times = statement.locks.map((lock) => timeUnder(statement, lock));
      // What the rules see no lock of works on what the revision has made, or on nothing that grows.
      const takes = times.length === 0 && dependsOnRows(statement.text) ? undefined : sumOf(times);
      later = revision.transactional ? sumOf([takes, later]) : takes;
      own.unshift(describeStatement(statement, { times, held: later }));
    }
    described.unshift({
      ...describeRevision(revision),
      halfway: stopped ? halfwayText(stopped) : null,
      statements: [...statements.slice(0, finished).map((one) => ({ ...one, locks: [], hasRun: true })), ...own],
      hazards: hazards.filter(({ statement }) => statement === 0 || statement > finished),
    });
  }
  return described;
}

function describeRevision({
  id,
  name,
  file,
  transactional,
  work,
  downBody,
  hasFileDown,
}: RunnableRevision): Pick<
  PlannedRevision,
  'revision' | 'name' | 'file' | 'transactional' | 'isScript' | 'reversible'
> {
  const reversible = downBody !== undefined ? 'stored' : hasFileDown === true ? 'by its file' : 'no';
  return { revision: id, name, file, transactional, isScript: work.kind === 'script', reversible };
}

/** Whether a statement takes as long as there are rows in places that the rules do not look at. */
function dependsOnRows(text: string): boolean {
  if (/^insert\b/i.test(text)) return !/\bvalues\b/i.test(text);
  return /^(?:with|copy|do|call|select|merge|execute)\b/i.test(text);
}

function describeStatement(
  statement: JudgedStatement,
  { times, held }: { readonly times: readonly (TimeRange | undefined)[]; readonly held: TimeRange | undefined },
): PlannedStatement {
  const locks = statement.locks.map((lock, place) => ({
    ...lock,
    fromMs: times[place]?.fromMs ?? null,
    toMs: times[place]?.toMs ?? null,
    heldFromMs: held?.fromMs ?? null,
    heldToMs: held?.toMs ?? null,
  }));
  return { ...statement, locks, hasRun: false };
}
