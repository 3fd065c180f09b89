import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { parseDatabaseSecret, parseDatabaseUrl, type PartialConnection } from './connection-sources.ts';
import { readTls, type TlsSettings } from './connection-tls.ts';
import { remarksOnIgnoredSources } from './ignored-sources.ts';
import { readIamLogin, readLoginMethod, type IamLogin, type LoginMethod } from './iam-login.ts';

/** Everything that a connection needs, from one place. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Absent: node-postgres looks into PGPASSFILE. A function is asked for each connection. */
  readonly password: string | (() => string | Promise<string>) | undefined;
  /** Present: a token takes the password's place, signed anew for each connection. */
  readonly iam?: IamLogin;
  readonly tls: TlsSettings;
  /** Where the settings came from, for messages: `DATABASE_URL`, `DATABASE_SECRET`, `PG* variables`, `--database-url`. */
  readonly source: string;
  /** Other sources that name another database and are ignored, as sentences. */
  readonly remarks?: readonly string[];
}

/**
 * Reads where the database is: `--database-url`, else `DATABASE_URL`, else `DATABASE_SECRET` (the JSON of Secrets Manager),
 * else libpq's `PG*` variables, which also complete a secret that lacks host, port or name.
 * @throws AppError `no-database`, `bad-database-settings` (2). No message holds a part of a URL or secret.
 */
export function readConnectionSettings({
  databaseUrl,
  sourceName,
  login: wantedLogin,
  environment,
}: {
  readonly databaseUrl: string | undefined;
  /** What messages name as the origin of it all; absent: whichever was used. */
  readonly sourceName?: string;
  /** Absent: as DATABASE_AUTH says. */
  readonly login?: LoginMethod | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): ConnectionSettings {
  const given = databaseUrl && { text: databaseUrl, source: sourceName ?? '--database-url' };
  const picked = pickSource(given, environment);
  const [source, found] = [sourceName ?? picked.source, picked.found];
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
  const login = wantedLogin ?? readLoginMethod(environment);
  // A token is never sent to this machine in the clear either: a tunnel may begin there.
  const mode = login === 'iam' && !found.sslMode && !environment['PGSSLMODE'] ? { sslMode: 'verify-full' } : {};
  const tls = readTls(host, { ...found, ...mode }, environment);
  const remarks = remarksOnIgnoredSources({ source, host, port, database }, environment);
  return {
    host,
    port,
    database,
    user,
    password: login === 'iam' ? undefined : (found.password ?? environment['PGPASSWORD']),
    ...(login === 'iam' ? { iam: readIamLogin({ host, tls }, environment) } : {}),
    tls,
    source,
    ...(remarks.length > 0 && { remarks }),
  };
}

/** `wumbo at db.example.com:5432`: which database this is, without a secret. */
export function databaseLabel({ database, host, port }: ConnectionSettings): string {
  return host.startsWith('/') ? `${database} at ${host}` : `${database} at ${host}:${port}`;
}

function pickSource(
  given: { readonly text: string; readonly source: string } | '' | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): PickedSource {
  if (given) return { source: given.source, found: parseDatabaseUrl(given.text, given.source) };
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
    message: environment['PGSERVICE']
      ? 'No database is named: PGSERVICE is set, but service files are not read.'
      : 'No database is named.',
    hint: 'Set DATABASE_URL=postgres://user:password@host:5432/name, DATABASE_SECRET (the JSON of Secrets Manager) or PGHOST, PGUSER, PGDATABASE and PGPASSWORD.',
  });
}

interface PickedSource {
  readonly source: string;
  readonly found: PartialConnection;
}

function settingsError(problem: string, hint?: string): AppError {
  return new AppError({ code: 'bad-database-settings', exitCode: exitCodes.usage, message: `${problem}.`, hint });
}
