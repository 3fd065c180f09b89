import { literal, queryAsLogin } from '../record/as-login.ts';
import { isServerError } from '../connection/database-error.ts';
import type { Direction, JournalPlace } from '../record/journal.ts';
import { quoted } from '../record/record-tables.ts';
import type { Session } from '../connection/session.ts';

/** How far a walk through a table has come: what is committed. */
export interface Checkpoint {
  /** Of the statement or script that changes the rows, and of what it walks. */
  readonly checksum: string;
  readonly definition: string;
  /** Key of the last row, as text; `undefined` before the first batch. */
  readonly lastKey: readonly string[] | undefined;
  readonly rows: number;
  readonly total: number;
  readonly totalFrom: 'count' | 'estimate';
  readonly finished: boolean;
}

export interface CheckpointPlace extends JournalPlace {
  readonly schema: string;
  /** Which of the walks of this statement. */
  readonly name: string;
}

/**
 * The table that holds them, beside the journal: it is made by the first backfill, so that older records need no change. Its rows
 * go with the journal's row of their statement, whoever deletes that.
 */
export async function ensureCheckpoints(session: Session, schema: string): Promise<void> {
  const table = `${quoted(schema)}.backfills`;
  const { rows } = await session.query<{ isThere: boolean }>(
    'SELECT pg_catalog.to_regclass($1) IS NOT NULL AS "isThere"',
    [table],
  );
  if (rows[0]?.isThere === true) return;
  await queryAsLogin(
    session,
    `CREATE TABLE ${table} (
       revision text NOT NULL, direction text NOT NULL, statement integer NOT NULL, name text NOT NULL,
       checksum text NOT NULL, definition text NOT NULL,
       last_key text[], rows_done bigint NOT NULL, rows_total bigint NOT NULL, total_from text NOT NULL,
       started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
       updated_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
       finished_at timestamptz,
       PRIMARY KEY (revision, direction, statement, name),
       FOREIGN KEY (revision, direction, statement) REFERENCES ${quoted(schema)}.journal ON DELETE CASCADE)`,
  );
}

export async function readCheckpoint(session: Session, place: CheckpointPlace): Promise<Checkpoint | undefined> {
  const rows = await queryAsLogin<{
    checksum: string;
    definition: string;
    last_key: string[] | null;
    rows_done: string;
    rows_total: string;
    total_from: 'count' | 'estimate';
    finished: boolean;
  }>(
    session,
    `SELECT checksum, definition, last_key, rows_done, rows_total, total_from, finished_at IS NOT NULL AS finished
     FROM ${quoted(place.schema)}.backfills WHERE ${whereCheckpoint(place)}`,
  );
  const [row] = rows;
  return (
    row && {
      checksum: row.checksum,
      definition: row.definition,
      lastKey: row.last_key ?? undefined,
      rows: Number(row.rows_done),
      total: Number(row.rows_total),
      totalFrom: row.total_from,
      finished: row.finished,
    }
  );
}

/** Notes a walk that begins, or begins anew. */
export async function writeCheckpoint(
  session: Session,
  place: CheckpointPlace,
  { checksum, definition, lastKey, rows, total, totalFrom }: Checkpoint,
): Promise<void> {
  const key = [literal(place.revision), literal(place.direction), place.statement, literal(place.name)];
  const values = [literal(checksum), literal(definition), textArray(lastKey), rows, total, literal(totalFrom)];
  await queryAsLogin(
    session,
    `INSERT INTO ${quoted(place.schema)}.backfills (revision, direction, statement, name, checksum, definition, last_key, rows_done, rows_total, total_from)
     VALUES (${[...key, ...values].join(', ')})
     ON CONFLICT (revision, direction, statement, name) DO UPDATE SET checksum = excluded.checksum, definition = excluded.definition,
       last_key = excluded.last_key, rows_done = excluded.rows_done, rows_total = excluded.rows_total, total_from = excluded.total_from,
       started_at = pg_catalog.clock_timestamp(), updated_at = pg_catalog.clock_timestamp(), finished_at = NULL`,
  );
}

/**
 * Moves the checkpoint behind a batch, as the last statement of the batch's own transaction.
 * @throws Error when that transaction is not the one that was opened for the batch.
 */
export async function moveCheckpoint(
  session: Session,
  place: CheckpointPlace,
  { lastKey, rows, guard }: { readonly lastKey: readonly string[]; readonly rows: number; readonly guard: string },
): Promise<void> {
  const moved = await queryAsLogin(
    session,
    `UPDATE ${quoted(place.schema)}.backfills SET last_key = ${textArray(lastKey)}, rows_done = ${rows}, updated_at = pg_catalog.clock_timestamp()
     WHERE ${whereCheckpoint(place)} AND pg_catalog.current_setting('wumbo_migrations.guard', true) OPERATOR(pg_catalog.=) ${literal(guard)}
     RETURNING true AS moved`,
    'ends',
  );
  if (moved.length !== 1)
    throw new Error(
      `"${place.name}": its batch ended the transaction that was opened for it (COMMIT or ROLLBACK inside)`,
    );
}

export async function finishCheckpoint(session: Session, place: CheckpointPlace): Promise<void> {
  await queryAsLogin(
    session,
    `UPDATE ${quoted(place.schema)}.backfills SET finished_at = pg_catalog.clock_timestamp() WHERE ${whereCheckpoint(place)}`,
  );
}

/** A backfill of a revision that is not finished. */
export interface UnfinishedBackfill {
  readonly revision: string;
  readonly direction: Direction;
  readonly name: string;
  readonly rows: number;
  readonly total: number;
  readonly totalFrom: 'count' | 'estimate';
}

/** Those that are half-way; none where there is no such table, or no right to read it. Creates nothing. */
export async function readUnfinishedBackfills(
  session: Session,
  schema: string,
): Promise<readonly UnfinishedBackfill[]> {
  try {
    const { rows } = await session.query<UnfinishedBackfill>(
      `SELECT revision, direction, name, rows_done::pg_catalog.float8 AS rows, rows_total::pg_catalog.float8 AS total, total_from AS "totalFrom"
       FROM ${quoted(schema)}.backfills WHERE finished_at IS NULL ORDER BY revision, direction, statement, started_at`,
    );
    return rows;
  } catch (error) {
    // 42P01 undefined_table, 3F000 invalid_schema_name, 42501 insufficient_privilege.
    if (isServerError(error) && /^(?:42P01|3F000|42501)$/.test(error.code)) return [];
    throw error;
  }
}

function whereCheckpoint({ revision, direction, statement, name }: CheckpointPlace): string {
  const equal = (column: string, value: string | number): string => `${column} OPERATOR(pg_catalog.=) ${value}`;
  return [
    equal('revision', literal(revision)),
    equal('direction', literal(direction)),
    equal('statement', statement),
    equal('name', literal(name)),
  ].join(' AND ');
}

function textArray(values: readonly string[] | undefined): string {
  return values === undefined ? 'NULL' : `ARRAY[${values.map(literal).join(', ')}]::pg_catalog.text[]`;
}
