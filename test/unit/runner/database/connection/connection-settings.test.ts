import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  databaseLabel,
  readConnectionSettings,
  type ConnectionSettings,
} from '../../../../../src/runner/database/connection/connection-settings.ts';
import { refusal } from '../../../contract/refusal.ts';
import { revisionFolder } from '../../files/revision-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const read = (environment: Environment, databaseUrl?: string): ConnectionSettings =>
  readConnectionSettings({ databaseUrl, environment });
const local = { PGHOST: 'localhost', PGUSER: 'app', PGDATABASE: 'wumbo' };

describe('readConnectionSettings', () => {
  const secret = JSON.stringify({ username: 'app', password: 'x', host: 'secret-host', dbname: 'wumbo' });
  const everything = {
    DATABASE_URL: 'postgres://app@url-host/wumbo',
    DATABASE_SECRET: secret,
    PGHOST: 'pg-host',
    PGUSER: 'app',
  };

  it.each([
    ['--database-url', 'flag-host', everything, 'postgres://app@flag-host/wumbo'],
    ['DATABASE_URL', 'url-host', everything, undefined],
    ['DATABASE_SECRET', 'secret-host', { ...everything, DATABASE_URL: undefined }, undefined],
    ['DATABASE_SECRET', 'secret-host', { ...everything, DATABASE_URL: '' }, undefined],
    ['PG* variables', 'pg-host', { ...everything, DATABASE_URL: '', DATABASE_SECRET: '' }, undefined],
    ['DATABASE_URL', 'secret-host', { DATABASE_URL: ` ${secret}` }, undefined],
  ])('the first of the sources wins: %s', (source, host, environment, databaseUrl) => {
    expect(read(environment, databaseUrl)).toMatchObject({ source, host });
  });

  it('all of it from PG* variables', () => {
    expect(read({ ...local, PGPORT: '6432', PGPASSWORD: 'x' })).toEqual({
      host: 'localhost',
      port: 6432,
      database: 'wumbo',
      user: 'app',
      password: 'x',
      tls: false,
      source: 'PG* variables',
    });
  });

  it('PG* variables complete a secret that has only the login, as RDS’s own secrets do', () => {
    const environment = { ...local, PGPORT: '6432', DATABASE_SECRET: '{"username":"master","password":"x"}' };
    expect(read(environment)).toMatchObject({ host: 'localhost', port: 6432, user: 'master', password: 'x' });
  });

  it('the port is 5432 and the database is called like the user when nothing says otherwise', () => {
    expect(read({}, 'postgres://app@localhost')).toMatchObject({ port: 5432, database: 'app', password: undefined });
  });

  it.each([
    ['PGPORT', { port: 5432 }],
    ['PGDATABASE', { database: 'app' }],
    ['PGSSLROOTCERT', { tls: false }],
  ])('an empty %s is as good as none, as for libpq', (variable, expected) => {
    expect(read({ ...local, [variable]: '' })).toMatchObject(expected);
  });

  it('an empty host in a secret is completed like a missing one', () => {
    const environment = { ...local, DATABASE_SECRET: '{"username":"app","host":"","dbname":"wumbo"}' };
    expect(read(environment).host).toBe('localhost');
  });
});

describe('TLS', () => {
  it.each([
    ['localhost', false],
    ['127.0.0.1', false],
    ['127.8.8.8', false],
    ['/var/run/postgresql', false],
    ['::1', false],
    ['db.example.com', { verify: 'full' }],
    ['10.0.0.1', { verify: 'full' }],
    ['localhost.example.com', { verify: 'full' }],
  ])('of %s is %j when nothing is said', (host, tls) => {
    expect({ tls: read({ ...local, PGHOST: host }).tls }).toMatchObject({ tls });
  });

  it('a name that begins like a loopback address is another machine', () => {
    expect(read({ ...local, PGHOST: '127.0.0.1.example.com' }).tls).toMatchObject({ verify: 'full' });
  });

  it.each([
    ['disable', false],
    ['allow', { verify: 'none', plain: 'before' }],
    ['prefer', { verify: 'none', plain: 'after' }],
    ['require', { verify: 'none' }],
    ['verify-ca', { verify: 'ca' }],
    ['verify-full', { verify: 'full' }],
  ])('sslmode=%s is %j, in a URL and as PGSSLMODE, on this machine and elsewhere', (mode, tls) => {
    expect({ tls: read({}, `postgres://app@db.example.com/x?sslmode=${mode}`).tls }).toMatchObject({ tls });
    expect({ tls: read({ ...local, PGSSLMODE: mode }).tls }).toMatchObject({ tls });
  });

  it('what the URL says wins over PGSSLMODE', () => {
    expect(read({ PGSSLMODE: 'verify-full' }, 'postgres://app@db/x?sslmode=disable').tls).toBe(false);
  });

  it('require with a root certificate checks against it, as libpq does', async () => {
    const pem = '-----BEGIN CERTIFICATE-----';
    const roots = join(await revisionFolder({ 'ca.pem': pem }), 'ca.pem');
    const named = { ...local, PGSSLROOTCERT: roots };
    expect(read({ ...named, PGSSLMODE: 'require' }).tls).toEqual({ verify: 'ca', roots: pem });
    expect(read({ ...named, PGSSLMODE: 'prefer' }).tls).toEqual({ verify: 'ca', roots: pem, plain: 'after' });
    expect(read({}, `postgres://app@db/x?sslrootcert=${roots}`).tls).toEqual({ verify: 'full', roots: pem });
  });

  it('sslrootcert=system is verify-full against all public authorities, on this machine too', () => {
    expect(read({ ...local, PGSSLROOTCERT: 'system' }).tls).toEqual({
      verify: 'full',
      roots: 'system',
    });
  });

  it('an empty PGSSLMODE is as good as none', () => {
    expect(read({ ...local, PGSSLMODE: '' }).tls).toBe(false);
  });
});

describe('the login', () => {
  const rds = 'postgres://app:s3cret@wumbo.abc.eu-central-1.rds.amazonaws.com/x';

  it('is by password unless something else is said', () => {
    expect(read({}, rds)).toMatchObject({ password: 's3cret' });
    expect(read({}, rds)).not.toHaveProperty('iam');
  });

  it.each([
    ['the region of the host wins', rds, { AWS_REGION: 'us-east-1' }, 'eu-central-1'],
    ['China', 'postgres://app@x.y.cn-north-1.rds.amazonaws.com.cn/x', {}, 'cn-north-1'],
    ['GovCloud', 'postgres://app@x.y.us-gov-west-1.rds.amazonaws.com/x', {}, 'us-gov-west-1'],
    ['AWS_REGION for any other name', 'postgres://app@db.wumbo.dev/x', { AWS_REGION: 'us-east-1' }, 'us-east-1'],
    ['AWS_DEFAULT_REGION after that', 'postgres://app@db/x', { AWS_DEFAULT_REGION: 'us-east-1' }, 'us-east-1'],
  ])('with DATABASE_AUTH=iam has a region and no password: %s', (_, url, environment, region) => {
    const settings = read({ ...environment, DATABASE_AUTH: 'iam' }, url);
    expect(settings).toMatchObject({ iam: { region }, password: undefined, tls: { verify: 'full' } });
  });

  it('with iam speaks TLS to this machine too, where a tunnel may begin', () => {
    const environment = { ...local, AWS_REGION: 'us-east-1', DATABASE_AUTH: 'iam' };
    expect(read(environment).tls).toMatchObject({ verify: 'full' });
    expect(refusal(() => read({ ...environment, PGSSLMODE: 'allow' })).message).toBe(
      'IAM authentication needs TLS, and the settings allow a connection without.',
    );
  });
});

describe('readConnectionSettings refuses', () => {
  const complete = 'Complete it, or set PGHOST, PGUSER and PGDATABASE beside it.';

  it.each([[{}], [{ DATABASE_URL: '', DATABASE_SECRET: '', PGHOST: '' }], [{ PGPASSWORD: 'x', PGPORT: '5432' }]])(
    'no database at all: %j',
    (environment) => {
      expect(refusal(() => read(environment))).toEqual({
        code: 'no-database',
        exitCode: 2,
        message: 'No database is named.',
        hint: 'Set DATABASE_URL=postgres://user:password@host:5432/name, DATABASE_SECRET (the JSON of Secrets Manager) or PGHOST, PGUSER, PGDATABASE and PGPASSWORD.',
      });
    },
  );

  it('a service file, which only libpq reads', () => {
    expect(refusal(() => read({ PGSERVICE: 'wumbo' }))).toMatchObject({
      code: 'no-database',
      message: 'No database is named: PGSERVICE is set, but service files are not read.',
    });
  });

  it.each<[Environment, string, string | undefined]>([
    [{ DATABASE_URL: 'postgres:///wumbo' }, 'DATABASE_URL names no host and no user.', complete],
    [{ DATABASE_URL: 'postgres://db/wumbo' }, 'DATABASE_URL names no user.', complete],
    [{ DATABASE_SECRET: '{"password":"x"}' }, 'DATABASE_SECRET names no host and no user and no database.', complete],
    [
      { DATABASE_SECRET: '{"username":"a","host":"db","port":"many"}' },
      'DATABASE_SECRET has a port that is no number from 1 to 65535.',
      undefined,
    ],
    [{ DATABASE_URL: 'postgres://a@db:0/x' }, 'DATABASE_URL has a port that is no number from 1 to 65535.', undefined],
    [
      { ...local, PGSSLMODE: 'no-verify' },
      'sslmode "no-verify" is not one of PostgreSQL’s.',
      'Use disable, allow, prefer, require, verify-ca or verify-full (the default for a host that is not this machine).',
    ],
    [
      { ...local, PGSSLMODE: 's3cret' },
      'sslmode is not one of PostgreSQL’s.',
      'Use disable, allow, prefer, require, verify-ca or verify-full (the default for a host that is not this machine).',
    ],
    [
      { ...local, PGSSLMODE: 'require', PGSSLROOTCERT: 'system' },
      'sslrootcert=system trusts every public authority, which proves nothing without the host name.',
      'Use it with sslmode=verify-full.',
    ],
    [
      { ...local, PGSSLMODE: 'require', PGSSLROOTCERT: 'package.json' },
      'The root certificate file package.json holds no certificate.',
      'Set PGSSLROOTCERT to a PEM file.',
    ],
    [
      { ...local, PGSSLMODE: 'require', PGSSLKEY: 'package.json' },
      'The client certificate cannot be read.',
      'Set both PGSSLCERT and PGSSLKEY (or sslcert and sslkey) to PEM files.',
    ],
    [
      { ...local, PGSSLMODE: 'require', PGSSLROOTCERT: '/not/there.pem' },
      'The root certificate file /not/there.pem cannot be read.',
      'Set PGSSLROOTCERT to a PEM file.',
    ],
  ])('%j: %s', (environment, message, hint) => {
    expect(refusal(() => read(environment))).toEqual({ code: 'bad-database-settings', exitCode: 2, message, hint });
  });
});

describe('databaseLabel', () => {
  it.each([
    ['postgres://app:s3cret@db.example.com/wumbo', 'wumbo at db.example.com:5432'],
    ['postgres://app:s3cret@%2Fvar%2Frun/wumbo', 'wumbo at /var/run'],
  ])('of %s', (url, label) => {
    expect(databaseLabel(read({}, url))).toBe(label);
  });
});
