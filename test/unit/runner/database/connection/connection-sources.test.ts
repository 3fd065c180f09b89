import { describe, expect, it } from 'vitest';

import {
  parseDatabaseSecret,
  parseDatabaseUrl,
} from '../../../../../src/runner/database/connection/connection-sources.ts';
import { refusal } from '../../../contract/refusal.ts';

const encode =
  'Percent-encode special characters of the password (`@` is %40, `/` is %2F, `#` is %23), or use DATABASE_SECRET.';

describe('parseDatabaseUrl', () => {
  const parse = (url: string): object => {
    const parts = Object.entries(parseDatabaseUrl(url, 'X')).filter(([, value]) => value !== undefined);
    return Object.fromEntries(parts);
  };

  it.each([
    [
      'postgres://app:secret@db.example.com:6432/wumbo?sslmode=require&sslrootcert=/ca.pem',
      {
        host: 'db.example.com',
        port: '6432',
        database: 'wumbo',
        user: 'app',
        password: 'secret',
        sslMode: 'require',
        sslRootCert: '/ca.pem',
      },
    ],
    ['postgresql://db/wumbo', { host: 'db', database: 'wumbo' }],
    ['postgres://db', { host: 'db' }],
    ['postgres://', {}],
    ['postgres:///wumbo?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'wumbo' }],
    [
      'postgres://app:secret@/wumbo?host=/var/run/postgresql&port=5433',
      { host: '/var/run/postgresql', port: '5433', database: 'wumbo', user: 'app', password: 'secret' },
    ],
    ['postgres://%2Fvar%2Frun/wumbo', { host: '/var/run', database: 'wumbo' }],
    ['postgres://[::1]:5433/wumbo', { host: '::1', port: '5433', database: 'wumbo' }],
    ['postgres://db/my%20base', { host: 'db', database: 'my base' }],
    ['  postgres://db/wumbo\n', { host: 'db', database: 'wumbo' }],
    ['postgres://a%40b:x@db/wumbo', { host: 'db', database: 'wumbo', user: 'a@b', password: 'x' }],
    ['postgres://app:@db/wumbo', { host: 'db', database: 'wumbo', user: 'app' }],
    ['postgres://db/wumbo?application_name=my app', { host: 'db', database: 'wumbo' }],
  ])('%s', (url, parts) => {
    expect(parse(url)).toEqual(parts);
  });

  it.each(['p@ss/w%rd#1', 'a:b', "it's", 'ünï 🚀', '%41', '100%', '+ &=?', '"\\^`{}|<>[];', ' '])(
    'the password %j arrives as it is when it is percent-encoded',
    (password) => {
      const url = `postgres://app:${encodeURIComponent(password)}@db/wumbo?application_name=my app`;
      expect(parseDatabaseUrl(url, 'X')).toMatchObject({ host: 'db', user: 'app', password, database: 'wumbo' });
    },
  );

  it.each(['p@ss', 'a:b', 'p%rd', '100%', 'a^b', 'ünï', 'a b', "it's", 'p\\w', 'a+b&c=d', 'x@y:z@w'])(
    'the password %j arrives as it is even raw, since nothing in it can be taken for another part',
    (password) => {
      expect(parseDatabaseUrl(`postgres://app:${password}@db/wumbo`, 'X')).toMatchObject({ host: 'db', password });
    },
  );

  it.each(['p@s%s', 'a^%', 'ü%', 'a b%zz'])(
    'the password %j arrives as it is even raw: a stray percent sign does not leave the other characters encoded',
    (password) => {
      expect(parseDatabaseUrl(`postgres://app:${password}@db/wumbo`, 'X').password).toBe(password);
    },
  );

  it.each([
    ['p@ss/w%rd#1', 'X cannot be told apart into its parts.'],
    ['p@ss/word', 'X cannot be told apart into its parts.'],
    ['p@ss#word', 'X cannot be told apart into its parts.'],
    ['p@ss?word', 'X cannot be told apart into its parts.'],
    ['12/34', 'X cannot be told apart into its parts.'],
    ['12?34', 'X cannot be told apart into its parts.'],
    ['12#34', 'X cannot be told apart into its parts.'],
    ['pass/word', 'X is not a valid URL.'],
    ['pass?word', 'X is not a valid URL.'],
    ['pass#word', 'X is not a valid URL.'],
  ])('the raw password %j is refused, never half of it taken for the host', (password, message) => {
    expect(refusal(() => parseDatabaseUrl(`postgres://app:${password}@db.example.com:5432/wumbo`, 'X'))).toEqual({
      code: 'bad-database-settings',
      exitCode: 2,
      message,
      hint: encode,
    });
  });

  it.each(['postgresql+asyncpg://db/wumbo', 'mysql://db/wumbo', 'http://db', 'jdbc:postgresql://db/wumbo', 'db:5432'])(
    '%s is no URL of PostgreSQL',
    (url) => {
      expect(refusal(() => parseDatabaseUrl(url, 'DATABASE_URL'))).toEqual({
        code: 'bad-database-settings',
        exitCode: 2,
        message: 'DATABASE_URL does not begin with postgres:// or postgresql://.',
        hint: 'A suffix such as +asyncpg is SQLAlchemy’s: leave it out.',
      });
    },
  );

  it.each(['postgres:wumbo', 'postgres:/wumbo'])(
    '%s lacks the slashes, so no letter of it is taken for a name',
    (url) => {
      expect(refusal(() => parseDatabaseUrl(url, 'X')).message).toBe(
        'X does not begin with postgres:// or postgresql://.',
      );
    },
  );

  it.each([
    '',
    'wumbo',
    'db.example.com/wumbo',
    'postgres://db:port/wumbo',
    'postgres://db:65536/wumbo',
    'postgres://a b/c',
    'postgres://app@/c',
  ])('%j is no URL', (url) => {
    expect(refusal(() => parseDatabaseUrl(url, '--database-url')).message).toBe('--database-url is not a valid URL.');
  });
});

describe('parseDatabaseSecret', () => {
  const parse = (secret: unknown): object => parseDatabaseSecret(JSON.stringify(secret), 'DATABASE_SECRET');

  it('an RDS secret as Secrets Manager stores it', () => {
    const secret = {
      username: 'app',
      password: 'p@ss/w%rd#1',
      engine: 'postgres',
      host: 'db.example.com',
      port: 5432,
      dbname: 'wumbo',
      dbInstanceIdentifier: 'wumbo-1',
    };
    expect(parse(secret)).toEqual({
      host: 'db.example.com',
      port: 5432,
      database: 'wumbo',
      user: 'app',
      password: 'p@ss/w%rd#1',
    });
  });

  it('a password is never percent-decoded: it is no part of a URL', () => {
    expect(parse({ password: '%41' })).toMatchObject({ password: '%41' });
  });

  it.each([
    ['a master secret of RDS, which has no host', { username: 'app', password: 'x' }, { user: 'app', password: 'x' }],
    ['Aurora', { engine: 'aurora-postgresql', host: 'db' }, { host: 'db' }],
    ['a port as text', { host: 'db', port: '6432' }, { host: 'db', port: '6432' }],
    [
      'a URL inside',
      { url: 'postgres://app:x@db/wumbo' },
      { host: 'db', user: 'app', password: 'x', database: 'wumbo' },
    ],
    ['a host beside a URL, where the fields win', { url: 'postgres://a/b', host: 'db' }, { host: 'db' }],
  ])('%s', (_what, secret, parts) => {
    expect(parse(secret)).toMatchObject(parts);
  });

  it.each(['mysql', 'sqlserver-ex', ''])('a secret for the engine %j is none of PostgreSQL', (engine) => {
    const { code, message } = refusal(() => parse({ engine }));
    expect(code).toBe('bad-database-settings');
    expect(message).toMatch(/^DATABASE_SECRET is for .*PostgreSQL\.$/);
  });

  const inject = 'Inject the whole secret: {"username":…,"password":…,"host":…,"port":…,"dbname":…}.';
  const expected = 'Expected: username, password, host, port, dbname.';

  it.each([
    ['{"password":"s3cret"', 'DATABASE_SECRET is not JSON.', inject],
    ['s3cret', 'DATABASE_SECRET is not JSON.', inject],
    ['', 'DATABASE_SECRET is not JSON.', inject],
    ['"s3cret"', 'DATABASE_SECRET has fields of the wrong type (the whole).', expected],
    ['[]', 'DATABASE_SECRET has fields of the wrong type (the whole).', expected],
    ['null', 'DATABASE_SECRET has fields of the wrong type (the whole).', expected],
    ['{"password":12345}', 'DATABASE_SECRET has fields of the wrong type (password).', expected],
    ['{"host":null,"port":true}', 'DATABASE_SECRET has fields of the wrong type (host, port).', expected],
    [
      '{"url":"mysql://db/x"}',
      "DATABASE_SECRET's url does not begin with postgres:// or postgresql://.",
      'A suffix such as +asyncpg is SQLAlchemy’s: leave it out.',
    ],
    ['{"url":"postgres://u:a/b@db/x"}', "DATABASE_SECRET's url is not a valid URL.", encode],
  ])('%s: %s', (secret, message, hint) => {
    expect(refusal(() => parseDatabaseSecret(secret, 'DATABASE_SECRET'))).toEqual({
      code: 'bad-database-settings',
      exitCode: 2,
      message,
      hint,
    });
  });
});
