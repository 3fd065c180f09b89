import { isServerError } from '../connection/database-error.ts';
import { quoted } from './record-tables.ts';
import type { Session } from '../connection/session.ts';

/** Where the record is, and where its last event came from. */
export interface RecordOrigin {
  /** `<system identifier of the cluster>/<oid of the database>`. */
  readonly here: string;
  /** The same of the newest event that says it; `undefined` when none does. */
  readonly writtenOn: string | undefined;
}

/**
 * Asks which database of which cluster this is. A dump that was restored, a logical replica and a copy made by CREATE DATABASE
 * have another identity than the original; a snapshot of the storage keeps it.
 * Answers `undefined` when the server does not tell this role.
 */
export async function readRecordOrigin(session: Session, schema: string): Promise<RecordOrigin | undefined> {
  try {
    const { rows } = await session.query<{ here: string; writtenOn: string | null }>(
      `SELECT pg_catalog.format('%s/%s', (SELECT system_identifier FROM pg_catalog.pg_control_system()), (
                SELECT oid FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
              )) AS here,
              (SELECT detail OPERATOR(pg_catalog.->>) 'cluster' FROM ${quoted(schema)}.events
               WHERE detail OPERATOR(pg_catalog.?) 'cluster' ORDER BY id DESC LIMIT 1) AS "writtenOn"`,
    );
    return rows[0] && { here: rows[0].here, writtenOn: rows[0].writtenOn ?? undefined };
  } catch (error) {
    if (isServerError(error) && /^(42501|42P01|3F000)$/.test(error.code)) return undefined;
    throw error;
  }
}

/** What to tell of a record that was written elsewhere, in one sentence; it is a reason to look, none to refuse. */
export function remarkOnOrigin({ here, writtenOn }: RecordOrigin): string | undefined {
  if (writtenOn === undefined || writtenOn === here) return undefined;
  return `the record was last written in another database or cluster (${writtenOn}, this one is ${here}), so this is a copy`;
}
