import type { ConnectionOptions } from 'node:tls';

import { readConnectionSettings, type ConnectionSettings } from '../database/connection/connection-settings.ts';
import type { TlsSettings } from '../database/connection/connection-tls.ts';
import type { LoginMethod } from '../database/connection/iam-login.ts';
import type { DatabaseConfig } from './options.ts';

const source = 'The database option';

type Environment = Readonly<Record<string, string | undefined>>;

export interface WantedDatabase {
  readonly database: DatabaseConfig | undefined;
  /** What MIGRATE_DATABASE_URL and MIGRATE_DATABASE_AUTH say; the option goes before them. */
  readonly settings: { readonly databaseUrl?: string | undefined; readonly databaseAuth?: LoginMethod | undefined };
  /** Absent: nothing but the option is looked at. */
  readonly environment: Environment | undefined;
}

/**
 * Reads the library's `database`; without it what the environment says, when one was given.
 * @throws AppError `no-database`, `bad-database-settings` (2). No message holds a part of a URL or password.
 */
export function readDatabaseOption({ database, settings, environment }: WantedDatabase): ConnectionSettings {
  const { databaseUrl, databaseAuth: login } = settings;
  const found =
    database === undefined
      ? readConnectionSettings({ databaseUrl, login, environment: environment ?? {} })
      : readConfig(database, login, environment ?? {});
  // node-postgres would look for PGPASSWORD and a password file by itself; without an environment nothing is looked for.
  return environment === undefined && found.password === undefined ? { ...found, password: () => '' } : found;
}

function readConfig(
  config: DatabaseConfig,
  login: LoginMethod | undefined,
  environment: Environment,
): ConnectionSettings {
  const { connectionString, host, port, database, user, password, ssl } = config;
  const { DATABASE_URL: _url, DATABASE_SECRET: _secret, ...variables } = environment;
  // libpq's names for the fields: one reader decides what is missing, what goes before what, and which TLS is used.
  const fields = {
    PGHOST: host,
    PGPORT: port === undefined ? undefined : String(port),
    PGDATABASE: database,
    PGUSER: user,
    PGPASSWORD: typeof password === 'string' ? password : undefined,
    PGSSLMODE: ssl === undefined ? undefined : ssl === false ? 'disable' : 'verify-full',
  };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const found = readConnectionSettings({
    databaseUrl: connectionString,
    sourceName: source,
    login: password === undefined ? login : 'password',
    environment: { ...variables, ...given },
  });
  return {
    ...found,
    ...(typeof password === 'function' ? { password } : {}),
    ...(typeof ssl === 'object' ? { tls: givenTls(ssl) } : {}),
  };
}

function givenTls(given: ConnectionOptions): TlsSettings {
  return { verify: given.rejectUnauthorized === false ? 'none' : 'full', roots: undefined, given };
}
