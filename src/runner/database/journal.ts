import type { Session } from './session.ts';
import { quoted } from './record-tables.ts';

/** A statement of a non-transactional revision that was started in an earlier or this run. */
export interface JournalEntry {
  /** 1-based position among the revision's statements. */
  readonly statement: number;
  readonly checksum: string;
  readonly finished: boolean;
}

export type Direction = 'up' | 'down';

/** What is known of an unfinished non-transactional run of this revision, by statement. */
export async function readJournal(
  session: Session,
  schema: string,
  revision: string,
  direction: Direction,
): Promise<readonly JournalEntry[]> {
  const { rows } = await session.query<{ statement: number; checksum: string; finished: boolean }>(
    `SELECT statement, checksum, finished_at IS NOT NULL AS finished FROM ${quoted(schema)}.journal
     WHERE revision = $1 AND direction = $2 ORDER BY statement`,
    [revision, direction],
  );
  return rows;
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

/** Forgets the journal of a revision that is whole again. */
export async function clearJournal(session: Session, schema: string, revision: string): Promise<void> {
  await session.query(`DELETE FROM ${quoted(schema)}.journal WHERE revision = $1`, [revision]);
}

export interface JournalPlace {
  readonly revision: string;
  readonly direction: Direction;
  readonly statement: number;
}
