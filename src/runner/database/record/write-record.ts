import { quoted, type RunIdentity } from './record-tables.ts';
import type { Session } from '../connection/session.ts';

export interface RecordedRevision {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly upBody: string | undefined;
  readonly downBody: string | undefined;
  readonly durationMs: number;
}

export interface RecordEvent {
  readonly event:
    | 'upgrade'
    | 'downgrade'
    | 'stamp'
    | 'failure'
    | 'out-of-order'
    | 'adopt'
    | 'keep-alembic'
    | 'release-alembic';
  readonly revision?: string | undefined;
  readonly reason?: string | undefined;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Adds the revision to the record, inside whatever transaction is open; what its journal held is over with that. */
export async function insertRecord(
  session: Session,
  schema: string,
  revision: RecordedRevision,
  run: RunIdentity,
): Promise<void> {
  const { durationMs } = revision;
  await session.query(...withParameters(historyRow(revision, durationMs, run), (row) => insertRecordSql(schema, row)));
}

/** Takes the revision, and its journal, out of the record. Answers whether it was there. */
export async function deleteRecord(session: Session, schema: string, id: string): Promise<boolean> {
  const { rowCount } = await session.query(
    `WITH over AS (${deleteFrom(schema, 'journal', '$1')})\n     ${deleteFrom(schema, 'history', '$1')}`,
    [id],
  );
  return rowCount === 1;
}

/** Appends to the event log, which nothing ever changes. */
export async function insertEvent(
  session: Session,
  schema: string,
  { event, revision, reason, detail }: RecordEvent,
  run: RunIdentity,
): Promise<void> {
  const { cluster } = run;
  const json = detail === undefined && cluster === undefined ? undefined : JSON.stringify({ ...detail, cluster });
  const row = eventRow({ event, revision, reason }, json, run);
  await session.query(...withParameters(row, (values) => insertEventSql(schema, values)));
}

/** The values of a row of the history, in the order of {@link insertRecordSql}. */
export function historyRow<Value>(
  { id, name, checksum, upBody, downBody }: Omit<RecordedRevision, 'durationMs'>,
  duration: Value,
  { runId, launchedBy, gitSha, imageDigest, taskArn, toolVersion }: RunIdentity,
): readonly (string | undefined | Value)[] {
  return [id, name, checksum, upBody, downBody, duration, runId, launchedBy, gitSha, imageDigest, taskArn, toolVersion];
}

/** The values of a row of the event log, in the order of {@link insertEventSql}. */
export function eventRow<Value>(
  { event, revision, reason }: Omit<RecordEvent, 'detail'>,
  detail: Value,
  { runId, launchedBy, taskArn, toolVersion }: RunIdentity,
): readonly (string | undefined | Value)[] {
  return [runId, event, revision, reason, detail, launchedBy, taskArn, toolVersion];
}

/** Adds a row to the history; the values are SQL, the id first. */
export function insertRecordSql(schema: string, values: readonly string[]): string {
  return `WITH over AS (${deleteFrom(schema, 'journal', values[0] ?? '')})
     INSERT INTO ${quoted(schema)}.history
       (revision, name, checksum, up_body, down_body, duration_ms, run_id, launched_by, git_sha, image_digest, task_arn, tool_version)
     VALUES (${values.join(', ')})`;
}

/** Adds a row to the event log; the values are SQL. */
export function insertEventSql(schema: string, values: readonly string[]): string {
  return `INSERT INTO ${quoted(schema)}.events (run_id, event, revision, reason, detail, launched_by, task_arn, tool_version)
     VALUES (${values.join(', ')})`;
}

/** `DELETE FROM …` of what belongs to the revision whose id this SQL is. */
export function deleteFrom(schema: string, table: 'history' | 'journal', id: string): string {
  return `DELETE FROM ${quoted(schema)}.${table} WHERE revision OPERATOR(pg_catalog.=) ${id}`;
}

function withParameters<Value>(
  row: readonly Value[],
  format: (values: readonly string[]) => string,
): [text: string, values: Value[]] {
  return [format(row.map((_, index) => `$${index + 1}`)), [...row]];
}
