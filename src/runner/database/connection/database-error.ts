import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { databaseLabel, type ConnectionSettings } from './connection-settings.ts';
import { describeLoginFailure } from './login-failure.ts';
import { describeTlsFailure, isTlsFailure } from './tls-failure.ts';

/** The fields of PostgreSQL's ErrorResponse that node-postgres hands on. */
export interface ServerError extends Error {
  readonly code: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly where?: string;
}

/** Whether the error is the server's answer to a statement (and not a broken connection). */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

/** Whether the session is gone: the socket broke, or the server ended it (failover, shutdown, pg_terminate_backend). */
export function isConnectionLoss(error: unknown): boolean {
  if (isServerError(error)) return /^(57P0[1-5]|25P0[34]|08...)$/.test(error.code);
  if (!(error instanceof Error)) return false;
  if (/ECONNRESET|EPIPE|ETIMEDOUT|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(codeOf(error))) return true;
  return /Connection terminated|Client has encountered a connection error|not queryable|Client was closed/.test(
    error.message,
  );
}

/** SQLSTATEs of a login that waiting does not mend: wrong password, no pg_hba entry, no such database or right. */
const permanentStates: ReadonlySet<string> = new Set([
  '28P01',
  '28000',
  '3D000',
  '42501',
  '42704',
  '22023',
  '0A000',
  '42601',
  '08P01',
]);

/** Whether a failed connection attempt may succeed later: the server is starting, failing over or not yet in DNS. */
export function isWorthWaiting(error: unknown): boolean {
  if (isServerError(error)) return !permanentStates.has(error.code);
  if (!(error instanceof Error)) return false;
  return (
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT/.test(codeOf(error)) ||
    /timeout|Connection terminated/.test(error.message)
  );
}

/** A connection that broke while nothing of a revision was under way. */
export function connectionLost(error: unknown, settings: ConnectionSettings): AppError {
  const said = error instanceof Error ? error.message : String(error);
  return new AppError({
    code: 'connection-lost',
    exitCode: exitCodes.databaseUnreachable,
    message: `The connection to ${databaseLabel(settings)} was lost: ${said}.`,
    hint: 'Run this again: what is recorded stays, and it goes on from there.',
    cause: error,
  });
}

/** A failed connection as an error for people; neither URL nor password is in it. */
export function connectionFailure(error: unknown, settings: ConnectionSettings): AppError {
  const label = databaseLabel(settings);
  const fail = (message: string, hint: string): AppError =>
    new AppError({
      code: 'database-unreachable',
      exitCode: exitCodes.databaseUnreachable,
      message,
      hint,
      cause: error,
    });
  const from = `(settings: ${settings.source})`;
  if (isServerError(error)) {
    switch (error.code) {
      case '28P01':
      case '28000': {
        const { message, hint } = describeLoginFailure(error, settings, label);
        return fail(message, hint);
      }
      case '08P01':
        return fail(
          `A pooler (PgBouncer) stands before ${label} and does not know PostgreSQL’s start-up options: ${error.message}.`,
          'Connect to the server itself: migrations need a session of their own.',
        );
      case '3D000':
        return fail(`The database ${label} does not exist.`, `Check the name ${from}, or create it: CREATE DATABASE.`);
      default:
        return fail(
          `The database ${label} refuses the connection: ${error.message} (${error.code}).`,
          `Check the settings ${from}.`,
        );
    }
  }
  if (error instanceof Error && isTlsFailure(error)) {
    const { message, hint } = describeTlsFailure(error, { label, host: settings.host });
    return fail(message, hint);
  }
  // node-postgres has nothing to answer the server's question with.
  if (error instanceof Error && error.message.includes('client password must be a'))
    return fail(
      `The database ${label} asks for the password of "${settings.user}", and none was given.`,
      `Write it into ${settings.source === 'PG* variables' ? 'PGPASSWORD' : settings.source}, or set PGPASSWORD.`,
    );
  const code = error instanceof Error ? codeOf(error) : '';
  const reason = code === '' ? (error instanceof Error ? error.message : String(error)) : code;
  return fail(
    `The database ${label} cannot be reached: ${reason}.`,
    `Check host, port, security group and that the server runs ${from}.`,
  );
}

/** Node reports a host with several addresses as an AggregateError; the first reason stands for it. */
function codeOf(error: Error): string {
  const inner = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  return 'code' in inner ? String(inner.code) : '';
}
