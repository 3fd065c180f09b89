import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import type { ConnectionSettings } from '../runner/database/connection/connection-settings.ts';
import { connectionFailure, isServerError } from '../runner/database/connection/database-error.ts';
import { closeSession, openSession, type Session } from '../runner/database/connection/session.ts';

/**
 * Opens a session on a database that is in use, in which the server itself refuses every change, and closes it whatever happens.
 * @throws AppError `database-unreachable` (8), `no-rights` (2) with what the role may not read.
 */
export async function withLiveSession<T>(
  connection: ConnectionSettings,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession({
    connection,
    applicationName: 'wumbo-migrations (read only)',
    lockTimeoutMs: 5_000,
    statementTimeoutMs: 0,
  }).catch((error: unknown) => {
    throw error instanceof AppError ? error : connectionFailure(error, connection);
  });
  try {
    await session.query('SET default_transaction_read_only = on');
    return await work(session);
  } catch (error) {
    if (!isServerError(error) || error.code !== '42501') throw error;
    throw new AppError({
      code: 'no-rights',
      exitCode: exitCodes.usage,
      message: `The role "${connection.user}" may not read the schema of ${connection.database} on ${connection.host}: ${error.message}.`,
      hint: 'Grant it what the message names; the catalogs in pg_catalog are readable by everybody unless somebody revoked that. Nothing was changed.',
      cause: error,
    });
  } finally {
    await closeSession(session);
  }
}
