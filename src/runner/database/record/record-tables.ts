import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { AppliedRevision } from '../../history/record.ts';
import { isServerError } from '../connection/database-error.ts';
import { withRecordErrors } from './record-errors.ts';
import { recordComment, recordFormat, recordSchema } from './record-schema.ts';
import { sendQuery } from '../connection/send-query.ts';
import type { Session } from '../connection/session.ts';

/** A name as PostgreSQL's quoted identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Makes the schema and tables of the record when they are missing. Called under the runner's lock: two sessions that run
 * `CREATE … IF NOT EXISTS` at once fail with 23505.
 * @throws AppError `no-rights` (2) with the exact GRANT when the role may not create them, `newer-record` (4) when a newer
 * version of this program has changed their format.
 */
export async function ensureRecord(session: Session, schema: string): Promise<void> {
  if (!(await checkRecord(session, schema))) await createRecord(session, schema);
}

/**
 * Whether the record is there. Changes nothing.
 * @throws AppError `newer-record` (4) when a newer version of this program has changed its format, `no-rights` (2).
 */
export function checkRecord(session: Session, schema: string): Promise<boolean> {
  return withRecordErrors({ session, schema }, async () => {
    const { isThere, comment } = await lookForRecord(session, schema);
    if (isThere) refuseNewerFormat(schema, comment);
    return isThere;
  });
}

/** Makes the schema and tables of the record. @throws AppError `no-rights`, `foreign-record` (2). */
export async function createRecord(session: Session, schema: string): Promise<void> {
  await withRecordErrors({ session, schema }, async () => {
    try {
      await session.query(`BEGIN;\n${recordSchema(quoted(schema))}\nCOMMIT`);
    } catch (error) {
      await session.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

function refuseNewerFormat(schema: string, comment: string): void {
  const format = comment.startsWith(recordComment) ? Number(comment.slice(recordComment.length)) : recordFormat;
  if (format <= recordFormat) return;
  throw new AppError({
    code: 'newer-record',
    exitCode: exitCodes.databaseAhead,
    message: `The record in schema "${schema}" has format ${format}, and this version knows ${recordFormat}.`,
    hint: 'A newer version of migrate has worked on this database: use that one.',
  });
}

/** Whether the record's tables are there. */
export async function recordExists(session: Session, schema: string): Promise<boolean> {
  const { isThere } = await lookForRecord(session, schema);
  return isThere;
}

async function lookForRecord(
  session: Session,
  schema: string,
): Promise<{ readonly isThere: boolean; readonly comment: string }> {
  const tables = ['history', 'journal', 'events'].map((table) => `${quoted(schema)}.${table}`);
  const { rows } = await session.query<{ ready: boolean; comment: string | null }>(
    `SELECT pg_catalog.bool_and(pg_catalog.to_regclass(name) IS NOT NULL) AS ready,
            pg_catalog.obj_description(pg_catalog.to_regnamespace($2)::oid, 'pg_namespace') AS comment
     FROM pg_catalog.unnest($1::text[]) AS name`,
    [tables, quoted(schema)],
  );
  return { isThere: rows[0]?.ready === true, comment: rows[0]?.comment ?? '' };
}

/** As JSON carries it; a table that another program made may hold anything. */
type RecordRow = readonly [
  id: string | null,
  name: string | null,
  checksum: string | null,
  appliedAt: string | null,
  durationMs: number | null,
  sequence: number | null,
];

/** The applied revisions by id; none when the record does not exist yet. Creates nothing. */
export async function readRecord(session: Session, schema: string): Promise<readonly AppliedRevision[]> {
  try {
    let found: readonly RecordRow[] = [];
    await sendQuery(session, {
      // As one value: reading 500 rows of six fields each takes the driver longer than all the rest.
      text: `SELECT pg_catalog.json_agg(pg_catalog.json_build_array(revision, name, checksum, applied_at, duration_ms, sequence) ORDER BY revision) FROM ${quoted(schema)}.history`,
      onRow: ([rows]) => {
        found = JSON.parse(rows ?? '[]') as readonly RecordRow[];
      },
    });
    return found.map(([id, name, checksum, appliedAt, durationMs, sequence]) => ({
      id: id ?? '',
      name: name ?? '',
      checksum: checksum ?? '',
      appliedAt: new Date(appliedAt ?? Number.NaN),
      durationMs: Number(durationMs),
      sequence: Number(sequence),
    }));
  } catch (error) {
    // 42P01 undefined_table, 3F000 invalid_schema_name: nothing was ever applied here.
    if (isServerError(error) && (error.code === '42P01' || error.code === '3F000')) return [];
    return withRecordErrors({ session, schema }, () => Promise.reject(error as Error));
  }
}

/** Who runs this, for the record. */
export interface RunIdentity {
  readonly runId: string;
  readonly toolVersion: string;
  readonly launchedBy: string | undefined;
  readonly gitSha: string | undefined;
  readonly imageDigest: string | undefined;
  readonly taskArn: string | undefined;
  /** Which database of which cluster this is; kept with every event. */
  readonly cluster?: string | undefined;
}

/** The ids in the record, as the transaction that is open sees them. */
export async function readRecordedIds(session: Session, schema: string): Promise<readonly string[]> {
  const { rows } = await session.query<{ revision: string }>(`SELECT revision FROM ${quoted(schema)}.history`);
  return rows.map(({ revision }) => revision);
}

/** The body that reverts the revision, as it was stored when the revision was applied. */
export async function readStoredDown(session: Session, schema: string, id: string): Promise<string | undefined> {
  const { rows } = await session.query<{ down_body: string | null }>(
    `SELECT down_body FROM ${quoted(schema)}.history WHERE revision OPERATOR(pg_catalog.=) $1`,
    [id],
  );
  return rows[0]?.down_body ?? undefined;
}

/** Both bodies of an applied revision, as they were run. */
export async function readStoredBodies(
  session: Session,
  schema: string,
  id: string,
): Promise<{ readonly up: string | undefined; readonly down: string | undefined }> {
  const { rows } = await session.query<{ up_body: string | null; down_body: string | null }>(
    `SELECT up_body, down_body FROM ${quoted(schema)}.history WHERE revision OPERATOR(pg_catalog.=) $1`,
    [id],
  );
  return { up: rows[0]?.up_body ?? undefined, down: rows[0]?.down_body ?? undefined };
}
