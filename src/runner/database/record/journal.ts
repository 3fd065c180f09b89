import { literal, queryAsLogin } from './as-login.ts';
import { isServerError } from '../connection/database-error.ts';
import { withRecordErrors } from './record-errors.ts';
import { quoted } from './record-tables.ts';
import type { Session } from '../connection/session.ts';

/** A statement of a non-transactional revision that was started in an earlier or this run. */
export interface JournalEntry {
  /** 1-based position among the revision's statements. */
  readonly statement: number;
  readonly checksum: string;
  readonly finished: boolean;
}

export type Direction = 'up' | 'down';

/** What is known of an unfinished non-transactional run of this revision: the next 1,000 statements behind one. */
export async function readJournal(
  session: Session,
  schema: string,
  { revision, direction, after }: { readonly revision: string; readonly direction: Direction; readonly after: number },
): Promise<readonly JournalEntry[]> {
  return queryAsLogin<{ statement: number; checksum: string; finished: boolean }>(
    session,
    `SELECT statement, checksum, finished_at IS NOT NULL AS finished FROM ${quoted(schema)}.journal
     WHERE ${whereRevision({ revision, direction })} AND statement OPERATOR(pg_catalog.>) ${after} ORDER BY statement LIMIT 1000`,
  );
}

/** Revisions with an unfinished non-transactional run; none when there is no record. Creates nothing. */
export async function readUnfinished(session: Session, schema: string): Promise<readonly UnfinishedRun[]> {
  try {
    const { rows } = await session.query<{ revision: string; direction: Direction; finished: number }>(
      `SELECT revision, direction, pg_catalog.count(finished_at)::integer AS finished FROM ${quoted(schema)}.journal
       GROUP BY revision, direction ORDER BY revision, direction`,
    );
    return rows;
  } catch (error) {
    if (isServerError(error) && (error.code === '42P01' || error.code === '3F000')) return [];
    return withRecordErrors({ session, schema }, () => Promise.reject(error as Error));
  }
}

/** A non-transactional revision that stopped half-way. */
export interface UnfinishedRun {
  readonly revision: string;
  readonly direction: Direction;
  /** How many of its statements had finished. */
  readonly finished: number;
}

/** The checksum that the statement had when an earlier run started it; `undefined` when none did. */
export async function startedChecksum(session: Session, schema: string, at: JournalPlace): Promise<string | undefined> {
  const rows = await queryAsLogin<{ checksum: string }>(
    session,
    `SELECT checksum FROM ${quoted(schema)}.journal WHERE ${whereStatement(at)}`,
  );
  return rows[0]?.checksum;
}

/** Notes, before a statement is sent, that it may take effect from now on. */
export async function journalStart(
  session: Session,
  schema: string,
  at: JournalPlace,
  checksum: string,
): Promise<void> {
  await queryAsLogin(session, journalStartSql(schema, at, checksum));
}

export function journalStartSql(schema: string, at: JournalPlace, checksum: string): string {
  const values = [literal(at.revision), literal(at.direction), at.statement, literal(checksum)].join(', ');
  return `INSERT INTO ${quoted(schema)}.journal (revision, direction, statement, checksum) VALUES (${values})
     ON CONFLICT (revision, direction, statement)
     DO UPDATE SET checksum = excluded.checksum, started_at = pg_catalog.clock_timestamp(), finished_at = NULL`;
}

/** Notes that the statement is done; `ends`: nothing but the COMMIT follows in the transaction that is open. */
export async function journalFinish(
  session: Session,
  schema: string,
  at: JournalPlace,
  transaction: 'goes on' | 'ends',
): Promise<void> {
  await queryAsLogin(session, journalFinishSql(schema, at), transaction);
}

export function journalFinishSql(schema: string, at: JournalPlace): string {
  return `UPDATE ${quoted(schema)}.journal SET finished_at = pg_catalog.clock_timestamp() WHERE ${whereStatement(at)}`;
}

/** Takes back that the statement was started. */
export async function journalForget(session: Session, schema: string, at: JournalPlace): Promise<void> {
  await queryAsLogin(session, `DELETE FROM ${quoted(schema)}.journal WHERE ${whereStatement(at)}`);
}

function whereRevision({ revision, direction }: Pick<JournalPlace, 'revision' | 'direction'>): string {
  return `revision OPERATOR(pg_catalog.=) ${literal(revision)} AND direction OPERATOR(pg_catalog.=) ${literal(direction)}`;
}

function whereStatement(at: JournalPlace): string {
  return `${whereRevision(at)} AND statement OPERATOR(pg_catalog.=) ${at.statement}`;
}

/** Forgets every journal: after a stamp the record is what a person says, and nothing is half-way. */
export async function clearJournals(session: Session, schema: string): Promise<void> {
  await session.query(`DELETE FROM ${quoted(schema)}.journal`);
}

export interface JournalPlace {
  readonly revision: string;
  readonly direction: Direction;
  readonly statement: number;
}
