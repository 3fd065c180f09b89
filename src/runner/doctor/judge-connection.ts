import { exitCodes } from '../../contract/exit-codes.ts';
import { formatDuration } from '../../contract/duration.ts';
import type { ConnectionSettings } from '../database/connection/connection-settings.ts';
import { isThisMachine } from '../database/connection/connection-tls.ts';
import { remarksOnEndpoint } from '../database/connection/endpoint-remarks.ts';
import type { Health } from '../database/inspect/read-health.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** The releases that the runner is tested with. */
const versions = { oldest: 14, newest: 18 } as const;
const tolerableSkewMs = 5_000;

/** What is to be said of server and session, apart from rights and record. */
export function judgeConnection(
  health: Health,
  { connection, clientTimeMs }: { readonly connection: ConnectionSettings; readonly clientTimeMs: number },
): readonly Finding[] {
  return [
    judgeTls(health.tls, connection),
    judgeVersion(health),
    ...remarksOnEndpoint(connection.host).map(({ about, message, hint }) => warning(about, message, hint)),
    ok(
      'timeouts',
      `lock_timeout ${health.lockTimeout}, statement_timeout ${health.statementTimeout}, idle_in_transaction_session_timeout ${health.idleTimeout} (0 is without limit)`,
    ),
    judgeClock(health.serverTimeMs - clientTimeMs),
  ];
}

function judgeTls(tls: string | null, { tls: settings, host }: ConnectionSettings): Finding {
  if (tls === null || settings === false) {
    return isThisMachine(host)
      ? ok('TLS', 'not used; the server is this machine')
      : warning(
          'TLS',
          'not used: the password and the data cross the network in the clear',
          'Set PGSSLMODE=verify-full.',
        );
  }
  switch (settings.verify) {
    case 'full':
      return ok('TLS', `${tls}; certificate and host name are verified`);
    case 'ca':
      return ok('TLS', `${tls}; the certificate is verified, the host name is not (PGSSLMODE=verify-full does)`);
    case 'none':
      return warning('TLS', `${tls}, but the certificate is not verified`, 'Set PGSSLMODE=verify-full.');
  }
}

function judgeVersion({ version, versionNumber }: Health): Finding {
  const major = Math.floor(versionNumber / 10_000);
  const name = `PostgreSQL ${version}`;
  if (major < versions.oldest) {
    return problem('version', {
      message: `${name} is older than ${versions.oldest}, the oldest that is known to work`,
      hint: 'Upgrade the server.',
      exitCode: exitCodes.usage,
    });
  }
  return major > versions.newest
    ? warning('version', `${name} is newer than ${versions.newest}, the newest that is known to work`)
    : ok('version', name);
}

function judgeClock(skewMs: number): Finding {
  const size = formatDuration(Math.abs(skewMs));
  if (Math.abs(skewMs) <= tolerableSkewMs) return ok('clock', `${size} apart from the server's`);
  return warning(
    'clock',
    `this machine is ${size} ${skewMs > 0 ? 'behind' : 'ahead of'} the server`,
    'Set the clock: new revisions get their ids from it.',
  );
}
