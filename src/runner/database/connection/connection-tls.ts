import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import type { PartialConnection } from './connection-sources.ts';

/** `false`: no TLS. Otherwise how the server's certificate is checked, and what we show of ourselves. */
export type TlsSettings =
  | false
  | {
      /** `ca`: its chain; `full`: its name, too. */
      readonly verify: 'none' | 'ca' | 'full';
      /** PEM; `system`: the list of this machine and Node's; absent: Node's own list of public authorities. */
      readonly roots: string | undefined;
      /** Our own certificate and its key, as PEM. */
      readonly client?: { readonly certificate: string; readonly key: string };
      /** Whether a connection without TLS is tried before this (`allow`) or after it (`prefer`). */
      readonly plain?: 'before' | 'after';
      /** What a user of the library set instead of all this. */
      readonly given?: ConnectionOptions;
    };

type Environment = Readonly<Record<string, string | undefined>>;

/** Where RDS's root certificates lie in the container image. */
const rdsRoots = '/etc/ssl/rds/global-bundle.pem';

/**
 * Reads `sslmode`, `sslrootcert`, `sslcert` and `sslkey` with libpq's meaning
 * (https://www.postgresql.org/docs/current/libpq-ssl.html), from the URL or else the `PGSSL…` variables. Only the default
 * differs: `verify-full` for a host that is not this machine, with RDS's roots where the image has them.
 * @throws AppError `bad-database-settings` (2).
 */
export function readTls(host: string, found: PartialConnection, environment: Environment): TlsSettings {
  const rootsFile = found.sslRootCert || environment['PGSSLROOTCERT'] || undefined;
  const usual = isThisMachine(host) && rootsFile !== 'system' ? 'disable' : 'verify-full';
  const mode = found.sslMode || environment['PGSSLMODE'] || usual;
  if (mode === 'disable') return false;
  if (rootsFile === 'system' && mode !== 'verify-full')
    throw tlsError(
      'sslrootcert=system trusts every public authority, which proves nothing without the host name',
      'Use it with sslmode=verify-full.',
    );
  const roots = readRoots(rootsFile, found.sslRootCert === undefined ? rootsFile : 'of sslrootcert');
  const client = readClientCertificate(found, environment);
  // With roots that somebody named, libpq checks the chain in the weaker modes as well.
  const weak = { verify: rootsFile === undefined ? 'none' : 'ca', roots, ...client } as const;
  switch (mode) {
    case 'allow':
      return { ...weak, plain: 'before' };
    case 'prefer':
      return { ...weak, plain: 'after' };
    case 'require':
      return weak;
    case 'verify-ca':
      return { verify: 'ca', roots, ...client };
    case 'verify-full':
      return { verify: 'full', roots, ...client };
    default:
      throw tlsError(
        `sslmode ${mode === 'no-verify' ? '"no-verify" ' : ''}is not one of PostgreSQL’s`,
        'Use disable, allow, prefer, require, verify-ca or verify-full (the default for a host that is not this machine).',
      );
  }
}

/** Whether the host is a socket or a loopback address, where nobody listens on the way. */
export function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host);
}

function readRoots(path: string | undefined, shown: string | undefined): string | undefined {
  if (path === undefined) return readIfThere(rdsRoots);
  if (path === 'system') return path;
  const roots = readIfThere(path);
  if (roots?.includes('-----BEGIN CERTIFICATE-----') === true) return roots;
  const problem = roots === undefined ? 'cannot be read' : 'holds no certificate';
  throw tlsError(`The root certificate file ${shown ?? ''} ${problem}`, 'Set PGSSLROOTCERT to a PEM file.');
}

function readClientCertificate(
  { sslCert, sslKey }: PartialConnection,
  environment: Environment,
): { readonly client?: { readonly certificate: string; readonly key: string } } {
  const [certificateFile, keyFile] = [sslCert || environment['PGSSLCERT'], sslKey || environment['PGSSLKEY']];
  if (!certificateFile && !keyFile) return {};
  const [certificate, key] = [certificateFile, keyFile].map((path) => (path ? readIfThere(path) : undefined));
  if (certificate !== undefined && key !== undefined) return { client: { certificate, key } };
  throw tlsError(
    `The client certificate${certificate === undefined ? '' : '’s key'} cannot be read`,
    'Set both PGSSLCERT and PGSSLKEY (or sslcert and sslkey) to PEM files.',
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function tlsError(problem: string, hint: string): AppError {
  return new AppError({ code: 'bad-database-settings', exitCode: exitCodes.usage, message: `${problem}.`, hint });
}
