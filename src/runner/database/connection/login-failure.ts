import type { ConnectionSettings } from './connection-settings.ts';
import type { FailureWords } from './tls-failure.ts';

/** A login that the server refuses (SQLSTATE 28…), in words. */
export function describeLoginFailure(
  { code, message }: { readonly code: string; readonly message: string },
  { user, source, iam, tls }: ConnectionSettings,
  label: string,
): FailureWords {
  const from = `(settings: ${source})`;
  const refused = `The database ${label} refuses the login of "${user}"`;
  // pg_hba.conf was read before any password: https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
  if (/no encryption|SSL off/.test(message)) {
    return {
      message: `${refused} without TLS.`,
      hint: tls === false ? 'Set PGSSLMODE=verify-full.' : `Check user and host in the server's pg_hba.conf ${from}.`,
    };
  }
  if (message.includes('client certificate')) {
    return {
      message: `${refused}: it wants a client certificate.`,
      hint: 'Set PGSSLCERT and PGSSLKEY to the certificate of this user and its key.',
    };
  }
  if (iam) {
    return {
      message: `${refused} with an IAM token.`,
      hint: `GRANT rds_iam TO "${user}", switch IAM authentication on for the instance, and let the task role rds-db:connect as this user (region ${iam.region}).`,
    };
  }
  if (code === '28P01') {
    return {
      message: `${refused}: wrong password.`,
      hint: `Check the password ${from}; if the secret was rotated, start a new task so that it is injected afresh.`,
    };
  }
  return { message: `${refused}: ${message}.`, hint: `Check user and TLS ${from}.` };
}
