import type { ConnectionOptions } from 'node:tls';

import type { TlsSettings } from './connection-tls.ts';
import { isServerError } from './database-error.ts';
import { isTlsFailure } from './tls-failure.ts';

/** What node-postgres takes as its `ssl`. */
export type DriverTls = false | ConnectionOptions;

/**
 * Connects in the ways that sslmode allows, in libpq's order: `prefer` tries TLS and then none, `allow` none and then TLS,
 * and any other mode has one way. The second way follows when the server refuses the first, not when no server answers.
 * @throws what the telling one of the ways threw.
 */
export async function connectInAnyWay<T>(tls: TlsSettings, connect: (ssl: DriverTls) => Promise<T>): Promise<T> {
  const failures: unknown[] = [];
  for (const way of await waysOf(tls)) {
    try {
      return await connect(way);
    } catch (error) {
      failures.push(error);
      if (!isServerError(error) && !isTlsFailure(error)) throw error;
    }
  }
  throw failures.find((failure) => !isAboutTheWay(failure)) ?? failures.at(-1);
}

async function waysOf(tls: TlsSettings): Promise<readonly DriverTls[]> {
  if (tls === false) return [false];
  const encrypted = await driverOptions(tls);
  if (tls.plain === undefined) return [encrypted];
  return tls.plain === 'before' ? [false, encrypted] : [encrypted, false];
}

/** With a refused login ("wrong password") the other way's "no entry for this host without encryption" says nothing. */
function isAboutTheWay(error: unknown): boolean {
  return isTlsFailure(error) || (isServerError(error) && error.code === '28000');
}

async function driverOptions({
  verify,
  roots,
  client,
  given,
}: Exclude<TlsSettings, false>): Promise<ConnectionOptions> {
  if (given) return given;
  return {
    ...(roots === undefined ? {} : { ca: roots === 'system' ? await systemRoots() : roots }),
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    rejectUnauthorized: verify !== 'none',
    ...(verify === 'full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** The system's list, and what Node knows beside it: its own and that of NODE_EXTRA_CA_CERTS. */
async function systemRoots(): Promise<string> {
  // Loaded only here: it takes 15 ms of processor time, more than all the rest of a connection without TLS.
  const { getCACertificates } = await import('node:tls');
  return [...getCACertificates('system'), ...getCACertificates('default')].join('\n');
}
