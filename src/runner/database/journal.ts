import { isServerError } from './database-error.ts';
import { quoted, withRecordErrors } from './record-tables.ts';
import type { Session } from './session.ts';

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
  const { rows } = await session.query<{ statement: number; checksum: string; finished: boolean }>(
    `SELECT statement, checksum, finished_at IS NOT NULL AS finished FROM ${quoted(schema)}.journal
     WHERE revision = $1 AND direction = $2 AND statement > $3 ORDER BY statement LIMIT 1000`,
    [revision, direction, after],
  );
  return rows;
}

/** Revisions with an unfinished non-transactional run; none when there is no record. Creates nothing. */
export async function readUnfinished(session: Session, schema: string): Promise<readonly UnfinishedRun[]> {
  try {
    const { rows } = await session.query<{ revision: string; direction: Direction; finished: number }>(
      `SELECT revision, direction, count(finished_at)::integer AS finished FROM ${quoted(schema)}.journal
       GROUP BY revision, direction ORDER BY revision, direction`,
    );
    return rows;
  } catch (error) {
    if (isServerError(error) && (error.code === '42P01' || error.code === '3F000')) return [];
    return withRecordErrors(schema, () => Promise.reject(error as Error));
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
  const { rows } = await session.query<{ checksum: string }>(
    `SELECT checksum FROM ${quoted(schema)}.journal WHERE revision = $1 AND direction = $2 AND statement = $3`,
    [at.revision, at.direction, at.statement],
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
  await session.query(
    `INSERT INTO ${quoted(schema)}.journal (revision, direction, statement, checksum) VALUES ($1, $2, $3, $4)
     ON CONFLICT (revision, direction, statement)
     DO UPDATE SET checksum = excluded.checksum, started_at = clock_timestamp(), finished_at = NULL`,
    [at.revision, at.direction, at.statement, checksum],
  );
}

export async function journalFinish(session: Session, schema: string, at: JournalPlace): Promise<void> {
  await session.query(
    `UPDATE ${quoted(schema)}.journal SET finished_at = clock_timestamp() WHERE revision = $1 AND direction = $2 AND statement = $3`,
    [at.revision, at.direction, at.statement],
  );
}

/** Takes back that the statement was started. */
export async function journalForget(session: Session, schema: string, at: JournalPlace): Promise<void> {
  await session.query(
    `DELETE FROM ${quoted(schema)}.journal WHERE revision = $1 AND direction = $2 AND statement = $3`,
    [at.revision, at.direction, at.statement],
  );
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
