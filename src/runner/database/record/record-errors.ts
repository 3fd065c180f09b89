import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { isServerError } from '../connection/database-error.ts';
import type { Session } from '../connection/session.ts';

interface RecordPlace {
  readonly session: Session;
  readonly schema: string;
}

/**
 * Runs work on the record and makes errors for people of what the server says: a missing right (42501), and tables that are
 * there under our names but are not ours (42P07 duplicate_table, 42710 duplicate_object, 42703 undefined_column).
 * @throws AppError `no-rights`, `foreign-record` (2), and what else the work throws.
 */
export async function withRecordErrors<T>(place: RecordPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isServerError(error) && error.code === '42501') throw noRights(place, error);
    if (isServerError(error) && /^(42P07|42710|42703)$/.test(error.code)) throw foreignTable(place, error);
    throw error;
  }
}

function noRights({ session, schema }: RecordPlace, cause: Error): AppError {
  const [record, role] = [session.escapeIdentifier(schema), session.escapeIdentifier(session.user ?? '')];
  const grant = cause.message.includes('for database')
    ? `GRANT CREATE ON DATABASE ${session.escapeIdentifier(session.database ?? '')} TO ${role};`
    : `GRANT USAGE ON SCHEMA ${record} TO ${role}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${record} TO ${role}; (SELECT alone is enough to read).`;
  return new AppError({
    code: 'no-rights',
    exitCode: exitCodes.usage,
    message: `The role ${role} may not use the record in schema ${record}: ${cause.message}.`,
    hint: `As the owner: ${grant}`,
    cause,
  });
}

function foreignTable({ session, schema }: RecordPlace, cause: Error): AppError {
  return new AppError({
    code: 'foreign-record',
    exitCode: exitCodes.usage,
    message: `The schema ${session.escapeIdentifier(schema)} holds something under the record’s names that this program did not make: ${cause.message}.`,
    hint: 'Choose another schema for the record with --history-schema NAME.',
    cause,
  });
}
