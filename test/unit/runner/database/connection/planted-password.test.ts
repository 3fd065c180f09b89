import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import {
  databaseLabel,
  readConnectionSettings,
} from '../../../../../src/runner/database/connection/connection-settings.ts';
import { connectionFailure } from '../../../../../src/runner/database/connection/database-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const password = 'p@ss/w%rd#1';
const encoded = encodeURIComponent(password);
/** The password, its encoded forms, and the parts that a URL parser could take for something else. */
const forms = [
  password,
  encoded,
  encoded.toLowerCase(),
  'p%40ss/w%rd',
  'p@ss',
  'p%40ss',
  'ss/w',
  'w%rd',
  'w%25rd',
  'rd#1',
];

/** Everything that anybody could print of the error: message, hint, stack, own fields, and the same of every cause. */
function printable(error: unknown): string {
  return [inspect(error, { depth: 20 }), JSON.stringify(error), String(error)].join('\n');
}

function expectNoSecret(text: string): void {
  expect(forms.filter((form) => text.includes(form))).toEqual([]);
}

/** What is thrown, or of an answer its label and what a failed connection to it would say. */
function textFor(environment: Environment, databaseUrl: string | undefined): string {
  try {
    const settings = readConnectionSettings({ databaseUrl, environment });
    const refused = Object.assign(new Error('password authentication failed'), { severity: 'FATAL', code: '28P01' });
    const unreachable = Object.assign(new Error(`getaddrinfo ENOTFOUND ${settings.host}`), { code: 'ENOTFOUND' });
    const failures = [refused, unreachable].map((cause) => printable(connectionFailure(cause, settings)));
    return [databaseLabel(settings), settings.source, ...failures].join('\n');
  } catch (error) {
    return printable(error);
  }
}

const urls = [
  `postgres://app:${password}@db.example.com:5432/wumbo`,
  `postgres://app:${encoded}@db.example.com:5432/wumbo`,
  `postgres://app:${encoded}@db.example.com:port/wumbo`,
  `postgres://app:${encoded}@db.example.com:99999/wumbo`,
  `postgres://app:${encoded}@db.example.com:0/wumbo`,
  `postgres://app:${encoded}@/wumbo`,
  `postgres://app:${encoded}@db/wumbo?sslmode=prefer`,
  `postgres://app:${encoded}@db/wumbo?sslrootcert=/not/there`,
  `postgresql+asyncpg://app:${encoded}@db/wumbo`,
  `postgresql+asyncpg://app:${password}@db/wumbo`,
  `postgres:app:${encoded}@db/wumbo`,
  `app:${password}@db/wumbo`,
  `postgres://app:12/${password}@db/wumbo`,
  `postgres://app:12?${password}@db/wumbo`,
  `postgres://app:12#${password}@db/wumbo`,
  `postgres://db/wumbo?user=app&password=${encoded}`,
  `postgres:///wumbo?user=app&password=${password}`,
  password,
  `"postgres://app:${password}@db/wumbo"`,
] as const;

const secrets = [
  password,
  `{"username":"app","password":"${password}"`,
  JSON.stringify(password),
  JSON.stringify([password]),
  JSON.stringify({ username: 'app', password: [password] }),
  JSON.stringify({ username: 'app', password, host: 'db', port: 'many' }),
  JSON.stringify({ username: 'app', password, host: 'db', port: password }),
  JSON.stringify({ username: 'app', password, engine: 'mysql' }),
  JSON.stringify({ username: [password], password }),
  JSON.stringify({ username: 'app', password }),
  JSON.stringify({ username: 'app', password, host: 'db', dbname: 'wumbo' }),
  ...urls.map((url) => JSON.stringify({ url })),
];

describe('a password that was planted appears in nothing that can be printed', () => {
  it.each(urls)('--database-url and DATABASE_URL: %s', (url) => {
    expectNoSecret(textFor({}, url));
    expectNoSecret(textFor({ DATABASE_URL: url }, undefined));
  });

  it.each(secrets)('DATABASE_SECRET, and DATABASE_URL that holds one: %s', (secret) => {
    expectNoSecret(textFor({ DATABASE_SECRET: secret }, undefined));
    expectNoSecret(textFor({ DATABASE_URL: secret }, undefined));
    expectNoSecret(textFor({ DATABASE_URL: `{${secret}` }, undefined));
  });

  it.each([
    { PGHOST: 'db', PGUSER: 'app', PGPASSWORD: password },
    { PGHOST: 'db', PGUSER: 'app', PGPORT: password },
    { PGUSER: 'app', PGPASSWORD: password },
    { PGHOST: 'db', PGPASSWORD: password },
    { PGHOST: 'db', PGUSER: 'app', PGPASSWORD: password, PGSSLMODE: 'prefer' },
    { PGHOST: 'db', PGUSER: 'app', PGPASSWORD: password, PGSSLROOTCERT: '/not/there' },
    { PGPASSWORD: password },
  ])('PG* variables: %j', (environment) => {
    expectNoSecret(textFor(environment, undefined));
  });

  it.each([
    ['sslmode of a URL', {}, `postgres://app@db/wumbo?sslmode=${encoded}`],
    ['sslrootcert of a URL', {}, `postgres://app@db/wumbo?sslrootcert=${encoded}`],
    ['engine of a secret', { DATABASE_SECRET: JSON.stringify({ username: 'app', engine: password }) }, undefined],
  ])('a field that is quoted when it is wrong: %s', (_what, environment, databaseUrl) => {
    expectNoSecret(textFor(environment, databaseUrl));
  });

  it('this test would see it: a URL error of Node has the whole URL in it', () => {
    let thrown: unknown;
    try {
      thrown = new URL(`postgres://app:${password}@db:port/wumbo`);
    } catch (error) {
      thrown = error;
    }
    expect(forms.some((form) => printable(new Error('outer', { cause: thrown })).includes(form))).toBe(true);
  });
});
