import { readFileSync } from 'node:fs';

import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { parseDatabaseSecret, parseDatabaseUrl, type PartialConnection } from './connection-sources.ts';

/** Everything that a connection needs, from one place. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Absent: node-postgres looks into PGPASSFILE. */
  readonly password: string | undefined;
  readonly tls: TlsSettings;
  /** Where the settings came from, for messages: `DATABASE_URL`, `DATABASE_SECRET`, `PG* variables`, `--database-url`. */
  readonly source: string;
}

/** `false`: no TLS. Otherwise whether the server's certificate (and its name) is checked, and against which roots. */
export type TlsSettings = false | { readonly verify: 'none' | 'ca' | 'full'; readonly roots: string | undefined };

/** Where RDS's root certificates lie in the container image. */
const rdsRoots = '/etc/ssl/rds/global-bundle.pem';

/**
 * Reads where the database is: `--database-url`, else `DATABASE_URL`, else `DATABASE_SECRET` (the JSON of Secrets Manager),
 * else libpq's `PG*` variables, which also complete a secret that lacks host, port or name.
 * @throws AppError `no-database`, `bad-database-settings` (2). No message holds a part of a URL or secret.
 */
export function readConnectionSettings({
  databaseUrl,
  environment,
}: {
  readonly databaseUrl: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): ConnectionSettings {
  const { source, found } = pickSource(databaseUrl, environment);
  const host = found.host || environment['PGHOST'];
  const user = found.user || environment['PGUSER'];
  const database = found.database || environment['PGDATABASE'] || user;
  const missing = Object.entries({ host, user, database }).filter(([, value]) => value === undefined || value === '');
  if (host === undefined || user === undefined || database === undefined || missing.length > 0) {
    throw settingsError(
      `${source} names no ${missing.map(([name]) => name).join(' and no ')}`,
      'Complete it, or set PGHOST, PGUSER and PGDATABASE beside it.',
    );
  }
  const port = Number(found.port ?? (environment['PGPORT'] || 5432));
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw settingsError(`${source} has a port that is no number from 1 to 65535`);
  return {
    host,
    port,
    database,
    user,
    password: found.password ?? environment['PGPASSWORD'],
    tls: readTls(host, found, environment),
    source,
  };
}

/** `wumbo at db.example.com:5432`: which database this is, without a secret. */
export function databaseLabel({ database, host, port }: ConnectionSettings): string {
  return host.startsWith('/') ? `${database} at ${host}` : `${database} at ${host}:${port}`;
}

function pickSource(
  databaseUrl: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): PickedSource {
  if (databaseUrl !== undefined)
    return { source: '--database-url', found: parseDatabaseUrl(databaseUrl, '--database-url') };
  const url = environment['DATABASE_URL'];
  // Someone injected the whole secret under the name of the URL: its meaning is clear.
  if (url?.trimStart().startsWith('{'))
    return { source: 'DATABASE_URL', found: parseDatabaseSecret(url, 'DATABASE_URL') };
  if (url !== undefined && url !== '') return { source: 'DATABASE_URL', found: parseDatabaseUrl(url, 'DATABASE_URL') };
  const secret = environment['DATABASE_SECRET'];
  if (secret !== undefined && secret !== '')
    return { source: 'DATABASE_SECRET', found: parseDatabaseSecret(secret, 'DATABASE_SECRET') };
  if (environment['PGHOST'] || environment['PGUSER'] || environment['PGDATABASE'])
    return { source: 'PG* variables', found: {} };
  throw new AppError({
    code: 'no-database',
    exitCode: exitCodes.usage,
    message: 'No database is named.',
    hint: 'Set DATABASE_URL=postgres://user:password@host:5432/name, DATABASE_SECRET (the JSON of Secrets Manager) or PGHOST, PGUSER, PGDATABASE and PGPASSWORD.',
  });
}

interface PickedSource {
  readonly source: string;
  readonly found: PartialConnection;
}

function readTls(
  host: string,
  found: PartialConnection,
  environment: Readonly<Record<string, string | undefined>>,
): TlsSettings {
  const mode = found.sslMode ?? environment['PGSSLMODE'] ?? (isLocal(host) ? 'disable' : 'verify-full');
  const rootsFile = found.sslRootCert || environment['PGSSLROOTCERT'] || undefined;
  const roots =
    rootsFile === undefined
      ? readIfThere(rdsRoots)
      : readRoots(rootsFile, found.sslRootCert === undefined ? rootsFile : 'of sslrootcert');
  switch (mode) {
    case 'disable':
      return false;
    case 'require':
      return { verify: rootsFile === undefined ? 'none' : 'ca', roots };
    case 'verify-ca':
      return { verify: 'ca', roots };
    case 'verify-full':
      return { verify: 'full', roots };
    default:
      throw settingsError(
        `sslmode ${/^(allow|prefer|no-verify)$/.test(mode) ? `"${mode}" ` : ''}is not supported`,
        'Use disable, require, verify-ca or verify-full (the default for a host that is not this machine).',
      );
  }
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readRoots(path: string, shown: string): string | undefined {
  if (path === 'system') return undefined;
  const roots = readIfThere(path);
  if (roots === undefined)
    throw settingsError(`The root certificate file ${shown} cannot be read`, 'Set PGSSLROOTCERT to a PEM file.');
  return roots;
}

function settingsError(problem: string, hint?: string): AppError {
  return new AppError({ code: 'bad-database-settings', exitCode: exitCodes.usage, message: `${problem}.`, hint });
}
