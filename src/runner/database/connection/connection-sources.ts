import * as z from 'zod/mini';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';

/** What one source says of the connection; the rest comes from the `PG*` variables. */
export interface PartialConnection {
  readonly host?: string | undefined;
  readonly port?: string | number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly sslMode?: string | undefined;
  readonly sslRootCert?: string | undefined;
  readonly sslCert?: string | undefined;
  readonly sslKey?: string | undefined;
}

/** `postgres://user:password@/name?host=/var/run/postgresql`, which libpq takes and the URL standard does not. */
const loginWithoutHost = /^(postgres(?:ql)?:\/\/[^/?#@]*@)(?=\/[^?#]*\?(?:[^#]*&)?host=)/;
const noHost = 'no-host.invalid';

/**
 * The parts of `postgres://user:password@host:5432/name?sslmode=…`. Read here and never handed to the driver as text: its own
 * reading turns a raw `%41` into `A` and can take a piece of the password for the host.
 * @throws AppError `bad-database-settings`, without any part of the URL.
 */
export function parseDatabaseUrl(text: string, source: string): PartialConnection {
  const encode =
    'Percent-encode special characters of the password (`@` is %40, `/` is %2F, `#` is %23), or use DATABASE_SECRET.';
  let url: URL;
  try {
    url = new URL(text.trim().replace(loginWithoutHost, `$1${noHost}`));
  } catch {
    throw sourceError(`${source} is not a valid URL`, encode);
  }
  if (!/^postgres(?:ql)?:\/\//.test(url.href))
    throw sourceError(
      `${source} does not begin with postgres:// or postgresql://`,
      'A suffix such as +asyncpg is SQLAlchemy’s: leave it out.',
    );
  // What comes after a raw `/`, `#` or `?` of a password lands here.
  if (url.hash !== '' || url.pathname.includes('@') || url.search.includes('@'))
    throw sourceError(`${source} cannot be told apart into its parts`, encode);
  return {
    host:
      decoded(url.hostname.replace(/^\[(.*)\]$/, '$1').replace(noHost, '')) ||
      url.searchParams.get('host') ||
      undefined,
    port: url.port || url.searchParams.get('port') || undefined,
    database: decoded(url.pathname.slice(1)) || undefined,
    user: decoded(url.username) || undefined,
    password: decoded(url.password) || undefined,
    sslMode: url.searchParams.get('sslmode') ?? undefined,
    sslRootCert: url.searchParams.get('sslrootcert') ?? undefined,
    sslCert: url.searchParams.get('sslcert') ?? undefined,
    sslKey: url.searchParams.get('sslkey') ?? undefined,
  };
}

/** Made when there is a secret: 0.5 ms of every start. */
const secretSchema = () =>
  z.object({
    username: z.optional(z.string()),
    password: z.optional(z.string()),
    host: z.optional(z.string()),
    port: z.optional(z.union([z.string(), z.number()])),
    dbname: z.optional(z.string()),
    engine: z.optional(z.string()),
    url: z.optional(z.string()),
  });

/**
 * The parts of a database secret as Secrets Manager stores it for RDS:
 * `{"username","password","host","port","dbname","engine"}`, or `{"url"}`.
 * @throws AppError `bad-database-settings`, without any part of the secret.
 */
export function parseDatabaseSecret(text: string, source: string): PartialConnection {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw sourceError(
      `${source} is not JSON`,
      'Inject the whole secret: {"username":…,"password":…,"host":…,"port":…,"dbname":…}.',
    );
  }
  const parsed = secretSchema().safeParse(json);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole').join(', ');
    throw sourceError(
      `${source} has fields of the wrong type (${fields})`,
      'Expected: username, password, host, port, dbname.',
    );
  }
  const { url, engine, username, password, host, port, dbname } = parsed.data;
  if (engine !== undefined && !/postgres/.test(engine))
    throw sourceError(`${source} is for another engine than PostgreSQL`);
  if (url !== undefined && host === undefined) return parseDatabaseUrl(url, `${source}'s url`);
  return { host, port, database: dbname, user: username, password };
}

/** Percent-decoded; text whose `%` is no encoding is taken as it is. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

function sourceError(problem: string, hint?: string): AppError {
  return new AppError({ code: 'bad-database-settings', exitCode: exitCodes.usage, message: `${problem}.`, hint });
}
