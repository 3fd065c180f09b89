import type { ConnectionSettings } from '../../runner/database/connection/connection-settings.ts';
import { closeSession, openSession, type Session } from '../../runner/database/connection/session.ts';

/** Opens a session on a scratch database, without limits of time, and closes it whatever happens. */
export async function withScratchSession<T>(
  connection: ConnectionSettings,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession({
    connection,
    applicationName: 'wumbo-migrations scratch',
    lockTimeoutMs: 0,
    statementTimeoutMs: 0,
  });
  try {
    return await work(session);
  } finally {
    await closeSession(session);
  }
}
