import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { TlsSettings } from './connection-tls.ts';

/** How the login is proven: by the password that the settings hold, or by a token that IAM signs for each connection. */
export type LoginMethod = 'password' | 'iam';

/** What a token needs beyond host, port and user. */
export interface IamLogin {
  readonly region: string;
}

/**
 * The region of an IAM login: the host's own (`name.id.REGION.rds.amazonaws.com`), else AWS_REGION.
 * @throws AppError `bad-database-settings` (2) when no region is known, or TLS is not certain: the token is a password.
 */
export function readIamLogin(
  { host, tls }: { readonly host: string; readonly tls: TlsSettings },
  environment: Readonly<Record<string, string | undefined>>,
): IamLogin {
  if (tls === false || tls.plain !== undefined)
    throw iamError(
      'IAM authentication needs TLS, and the settings allow a connection without',
      'Set PGSSLMODE=verify-full.',
    );
  const region =
    /\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com(?:\.cn)?\.?$/i.exec(host)?.[1]?.toLowerCase() ??
    (environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION']);
  if (region) return { region };
  throw iamError(
    'IAM authentication needs a region, and the host’s name holds none',
    'Set AWS_REGION to the database’s.',
  );
}

/** What DATABASE_AUTH says; a password when it says nothing. @throws AppError `bad-database-settings` (2). */
export function readLoginMethod(environment: Readonly<Record<string, string | undefined>>): LoginMethod {
  const method = environment['DATABASE_AUTH'] || 'password';
  if (method === 'password' || method === 'iam') return method;
  throw iamError('DATABASE_AUTH is neither "password" nor "iam"', 'Set it to one of them, or not at all.');
}

function iamError(problem: string, hint: string): AppError {
  return new AppError({ code: 'bad-database-settings', exitCode: exitCodes.usage, message: `${problem}.`, hint });
}
