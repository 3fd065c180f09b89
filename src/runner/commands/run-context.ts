import type { ConnectionSettings } from '../database/connection/connection-settings.ts';
import type { RunIdentity } from '../database/record/record-tables.ts';
import {
  closeSession,
  openSessionWhenReady,
  type Session,
  type SessionOptions,
} from '../database/connection/session.ts';
import { AppError } from '../../contract/app-error.ts';
import { connectionLost, isConnectionLoss } from '../database/connection/database-error.ts';
import type { ScriptGuard } from '../database/script/script-guard.ts';
import type { Talk } from '../output.ts';
import type { Settings } from '../settings/settings-table.ts';

/** What every command is given: settings and the outside world. */
export interface RunContext {
  readonly settings: Settings;
  /** Where the database is. @throws AppError `no-database`, `bad-database-settings` (2). */
  readonly connection: () => ConnectionSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: Talk;
  readonly clock: {
    /** Milliseconds since some moment; never goes back. */
    readonly now: () => number;
    readonly date: () => Date;
    readonly sleep: (ms: number) => Promise<void>;
  };
  /** Aborts with an AppError (130 or 143) as its reason. */
  readonly signal: AbortSignal;
  readonly identity: Pick<RunIdentity, 'runId' | 'toolVersion'>;
  readonly scriptGuard?: ScriptGuard | undefined;
}

export function sessionOptionsOf(context: RunContext, connection: ConnectionSettings): SessionOptions {
  const { settings, identity } = context;
  return {
    connection,
    applicationName: `wumbo-migrations/${identity.toolVersion} ${identity.runId}`,
    lockTimeoutMs: settings.lockTimeout,
    statementTimeoutMs: settings.statementTimeout,
  };
}

/**
 * Opens a session, hands it to the work and closes it whatever happens. Waits for the database as the settings say.
 * @throws AppError `database-unreachable` (8), and what the work throws.
 */
export async function withSession<T>(context: RunContext, work: (session: Session) => Promise<T>): Promise<T> {
  const { settings, clock, signal, output } = context;
  const connection = context.connection();
  for (const text of connection.remarks ?? []) output.emit({ event: 'message', level: 'warning', text });
  const options = sessionOptionsOf(context, connection);
  const waitMs = settings.skipWait ? 0 : settings.waitForDatabase;
  const onWait = (wait: { attempt: number; reason: string }): void =>
    output.emit({ event: 'database.waiting', ...wait });
  const session = await openSessionWhenReady(options, { waitMs, ...clock, signal, onWait });
  try {
    return await work(session);
  } catch (error) {
    throw error instanceof AppError || !isConnectionLoss(error) ? error : connectionLost(error, connection);
  } finally {
    await closeSession(session);
  }
}
