import { randomUUID } from 'node:crypto';

import type { SqlSection } from '../../files/parse-sql-revision.ts';
import { assertSql, brokeAssertion } from '../record/assert-sql.ts';
import { changeRecordSql, notInRecord } from './change-record-sql.ts';
import { isConnectionLoss, isServerError } from '../connection/database-error.ts';
import {
  becomeRecorder,
  commitRefused,
  endedInside,
  LockLost,
  markStatements,
  pinSearchPath,
  refuseLostLock,
  resetSession,
  resetStatements,
} from './revision-transaction.ts';
import { heldSql } from '../record/runner-lock.ts';
import type { OnStatement } from './run-section.ts';
import type { RevisionRun, RunnableRevision } from './runnable-revision.ts';
import { sendQuery, type AnsweredRow } from '../connection/send-query.ts';
import type { Session } from '../connection/session.ts';
import { StatementFailure } from './statement-failure.ts';

export interface OneQueryRun extends RevisionRun {
  readonly onStatement: OnStatement;
  /** Milliseconds that went into earlier tries. */
  readonly spentMs: number;
}

/** Above this a round trip is nothing beside the work, and the text, which the record holds once more, is worth streaming. */
const longestText = 262_144;

/** The section of a transactional `.sql` revision that one query can hold: its text goes as it is, and no data of COPY with it. */
export function sectionForOneQuery({ transactional, work, text }: RunnableRevision): SqlSection | undefined {
  if (!transactional || work.kind !== 'sql' || text.length > longestText) return undefined;
  return work.section.statements.some(({ copyData }) => copyData) ? undefined : work.section;
}

/**
 * Runs body and record as `inRevisionTransaction` does, with all of its guards, in a single round trip: one simple query from
 * BEGIN to the question whether the runner's lock is still held. The server stops at the first statement that fails, so what
 * stands behind a guard is not reached when the guard does not hold; how many statements were answered tells which one failed.
 * Answers the milliseconds that the record gives to the revision.
 * @throws as `inRevisionTransaction`, StatementFailure for the body.
 */
export async function runInOneQuery(
  session: Session,
  section: SqlSection,
  { revision, options }: { readonly revision: RunnableRevision; readonly options: OneQueryRun },
): Promise<number> {
  const query = composeQuery(session, section, { revision, options });
  const count = section.statements.length;
  const tags: string[] = [];
  const rows: { last?: AnsweredRow; beforeLast?: AnsweredRow } = {};
  options.onStatement(1);
  try {
    await sendQuery(session, {
      text: query.text,
      onStatementDone: (tag) => {
        tags.push(tag);
        const done = tags.length - query.before;
        if (done > 0 && done < count) options.onStatement(done + 1);
      },
      onRow: (row) => Object.assign(rows, { beforeLast: rows.last, last: row }),
    });
  } catch (error) {
    if (tags.slice(query.before + count).includes('COMMIT') && !isConnectionLoss(error))
      return finishAfterCommit(session, options, rows.last);
    // Text that cannot be parsed is refused as a whole: there is no transaction then.
    if (tags.length > 0) await session.query('ROLLBACK').catch(() => undefined);
    await resetSession(session);
    throw explained(error, { tags: tags.length, query, section, revision });
  }
  // Counted from the end, where every statement is ours.
  if (tags.at(-1 - query.afterCommit) !== 'COMMIT') throw commitRefused();
  if (rows.last?.[0] !== 't') throw new LockLost();
  return Number(rows.beforeLast?.[0]);
}

interface ComposedQuery {
  readonly text: string;
  /** Statements before the body, and behind the COMMIT. */
  readonly before: number;
  readonly afterCommit: number;
  /** UTF-16 offset of the body in the text. */
  readonly bodyOffset: number;
}

function composeQuery(
  session: Session,
  { text, statements }: SqlSection,
  { revision, options }: { readonly revision: RunnableRevision; readonly options: OneQueryRun },
): ComposedQuery {
  const { schema, role, spentMs } = options;
  const guard = randomUUID();
  const before = ['BEGIN', ...markStatements(guard, role)];
  const [first, last] = [statements[0], statements.at(-1)];
  const body = first && last ? text.slice(first.offset, last.offset + last.text.length) : '';
  const record = [...becomeRecorder, guardAssertion(guard), ...changeRecordSql(revision, options, spentMs), 'COMMIT'];
  const afterCommit = [...resetStatements, pinSearchPath, heldSql(session.database ?? '', schema)];
  const head = `${before.join('; ')};\n`;
  return {
    text: `${head}${body};\n${[...record, ...afterCommit].join(';\n')}`,
    before: before.length,
    afterCommit: afterCommit.length,
    bodyOffset: head.length,
  };
}

const markIsGone = 'wumbo-migrations: the mark of the transaction is gone';

/** Fails with the words of {@link assertSql} unless the mark is there. */
function guardAssertion(guard: string): string {
  const seen = "coalesce(pg_catalog.current_setting('wumbo_migrations.guard', true), '')";
  return `SELECT ${assertSql(`${seen} OPERATOR(pg_catalog.=) '${guard}'`, markIsGone)}`;
}

/** It is committed, and something behind that failed, as when a cancel came too late: the rest is done again, step by step. */
async function finishAfterCommit(
  session: Session,
  { schema }: OneQueryRun,
  lastRow: AnsweredRow | undefined,
): Promise<number> {
  await resetSession(session);
  await refuseLostLock(session, schema);
  return Number(lastRow?.[0]);
}

interface FailedQuery {
  /** Statements of the whole query that were answered. */
  readonly tags: number;
  readonly query: ComposedQuery;
  readonly section: SqlSection;
  readonly revision: RunnableRevision;
}

/** What the failure means: of the body, of a guard, or of the record and the COMMIT, which have no place in the file. */
function explained(error: unknown, { tags, query, section, revision }: FailedQuery): unknown {
  const { statements } = section;
  const done = Math.max(0, tags - query.before);
  if (brokeAssertion(error, markIsGone)) return endedInside();
  if (brokeAssertion(error, notInRecord))
    return new Error(`Revision ${revision.id} was to be reverted but is not in the record`);
  if (done >= statements.length || (tags > 0 && tags < query.before)) return error;
  // The server sends its answers together: without a last word of it nobody knows how far it was.
  if (!isServerError(error)) return error;
  const hasPosition = error.position !== undefined;
  const [first] = statements;
  // A position counts from the start of what was sent; without one, the statement's start must do.
  const offset = hasPosition ? (first?.offset ?? 0) - query.bodyOffset : (statements[done]?.offset ?? 0);
  return new StatementFailure(error, {
    offset,
    sent: query.text,
    statement: done + 1,
    statements: statements.length,
  });
}
