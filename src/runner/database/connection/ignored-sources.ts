import { parseDatabaseSecret, parseDatabaseUrl, type PartialConnection } from './connection-sources.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface UsedDatabase {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/**
 * Variables that name another database than the one that is used, as sentences without a secret: the first source wins, but a
 * task that was given two of them may have been meant for the other.
 */
export function remarksOnIgnoredSources(used: UsedDatabase, environment: Environment): readonly string[] {
  const label = `${used.database} at ${used.host}:${used.port}`;
  const differs = (found: PartialConnection): boolean =>
    [
      [found.host, used.host],
      [found.port, used.port],
      [found.database, used.database],
    ].some(([given, taken]) => given !== undefined && given !== '' && String(given) !== String(taken));
  return otherSources(used.source, environment).flatMap(([source, found]) => {
    if (found !== undefined && !differs(found)) return [];
    const what = found === undefined ? 'is set too, and is ignored' : 'names another database, and is ignored';
    return [`${used.source} decides (${label}); ${source} ${what}. Unset the one that is not meant.`];
  });
}

/** The sources behind the one that is used; `undefined` for one that cannot be read. */
function otherSources(
  source: string,
  environment: Environment,
): readonly (readonly [string, PartialConnection | undefined])[] {
  if (source !== 'DATABASE_URL' && source !== 'DATABASE_SECRET') return [];
  const secret = environment['DATABASE_SECRET'];
  const { PGHOST: host, PGPORT: port, PGDATABASE: database } = environment;
  return [
    ...(source === 'DATABASE_URL' && secret ? [['DATABASE_SECRET', readSecret(secret)] as const] : []),
    ...(host || port || database ? [['PGHOST, PGPORT or PGDATABASE', { host, port, database }] as const] : []),
  ];
}

function readSecret(text: string): PartialConnection | undefined {
  try {
    return text.trimStart().startsWith('{')
      ? parseDatabaseSecret(text, 'DATABASE_SECRET')
      : parseDatabaseUrl(text, 'DATABASE_SECRET');
  } catch {
    return undefined;
  }
}
