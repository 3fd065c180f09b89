import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { isServerError } from './database-error.ts';
import { quoted } from '../record/record-tables.ts';
import { closeSession, type Session } from './session.ts';

/**
 * Refuses a session in which a run could not keep its promises: one that cannot write, and one behind a pooler in
 * transaction mode, where the runner's lock would be stranded on some server connection.
 * @throws AppError `read-only-database`, `transaction-pooler` (8), each with the reason.
 */
export async function refuseUnfitSession(session: Session, openAnother: () => Promise<Session>): Promise<void> {
  const { rows } = await session.query<{ recovery: boolean; readOnly: string; pid: number; role: string }>(
    `SELECT pg_catalog.pg_is_in_recovery() AS recovery, pg_catalog.current_setting('transaction_read_only') AS "readOnly",
            pg_catalog.pg_backend_pid() AS pid, current_user AS role`,
  );
  const [answer] = rows;
  if (!answer) return;
  if (answer.recovery) {
    throw unfit(
      'read-only-database',
      'This server is a standby (a read replica), which nobody can change.',
      'Name the writer: on RDS the instance endpoint, on Aurora the cluster endpoint without "-ro-".',
    );
  }
  if (answer.readOnly === 'on') {
    throw unfit(
      'read-only-database',
      `Sessions of the role ${answer.role} are read-only here (default_transaction_read_only is on).`,
      `As the owner: ALTER ROLE … RESET default_transaction_read_only, the same with ALTER DATABASE, or use another role.`,
    );
  }
  if (answer.pid !== announcedPid(session) && (await sharesServerConnections(answer.pid, openAnother))) {
    throw unfit(
      'transaction-pooler',
      'A pooler in transaction mode (PgBouncer, Supavisor) stands before this database: it would strand the runner’s lock.',
      'Connect to the server itself, or to a session-mode port of the pooler.',
    );
  }
}

/** @throws AppError `bad-role` (2) when the login cannot take on the role that revisions are to run as. */
export async function refuseUnfitRole(session: Session, role: string | undefined): Promise<void> {
  if (role === undefined) return;
  try {
    await session.query(`SET ROLE ${quoted(role)}; RESET ROLE`);
  } catch (error) {
    if (!isServerError(error)) throw error;
    throw new AppError({
      code: 'bad-role',
      exitCode: exitCodes.usage,
      message: `Revisions cannot run as the role "${role}": ${error.message}.`,
      // 22023 invalid_parameter_value: there is no such role.
      hint:
        error.code === '22023'
          ? `Name a role that exists with --role (MIGRATE_ROLE), or make it: CREATE ROLE ${quoted(role)};`
          : `As an administrator: GRANT ${quoted(role)} TO ${quoted(session.user ?? '')}; or name another role with --role (MIGRATE_ROLE).`,
      cause: error,
    });
  }
}

/**
 * A direct connection is told its backend's process id at start-up. A pooler announces an id of its own, in session mode
 * too; it is in transaction mode when a second client's transaction runs in the backend that the first has just used.
 */
async function sharesServerConnections(pid: number, openAnother: () => Promise<Session>): Promise<boolean> {
  const other = await openAnother();
  try {
    const { rows } = await other.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
    return rows[0]?.pid === pid;
  } finally {
    await closeSession(other);
  }
}

function announcedPid(session: Session): number | null {
  return (session as unknown as { processID: number | null }).processID;
}

function unfit(code: string, message: string, hint: string): AppError {
  return new AppError({ code, exitCode: exitCodes.databaseUnreachable, message, hint });
}
