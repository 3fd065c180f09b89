import { describe, expect, it } from 'vitest';

import type { ConnectionSettings } from '../../../../../src/runner/database/connection/connection-settings.ts';
import {
  connectionFailure,
  isConnectionLoss,
  isServerError,
  isWorthWaiting,
} from '../../../../../src/runner/database/connection/database-error.ts';

const server = (code: string, message = 'said the server'): Error =>
  Object.assign(new Error(message), { severity: 'FATAL', code });
const socket = (code: string, message = `connect ${code}`): Error => Object.assign(new Error(message), { code });

describe('isServerError', () => {
  it.each([
    ['an error of the server', server('42P01'), true],
    ['a socket error', socket('ECONNREFUSED'), false],
    ['a Node error whose code has five letters', socket('EPIPE'), false],
    ['a plain error', new Error('no'), false],
    ['no error', { severity: 'ERROR', code: '42P01' }, false],
    ['nothing', undefined, false],
  ])('%s: %s', (_what, error, expected) => {
    expect(isServerError(error)).toBe(expected);
  });
});

describe('isConnectionLoss', () => {
  it.each([
    server('57P01', 'terminating connection due to administrator command'),
    server('57P02'),
    server('57P03'),
    server('57P05'),
    server('08006'),
    socket('ECONNRESET'),
    socket('EPIPE'),
    socket('ETIMEDOUT'),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated'),
    new Error('Client has encountered a connection error and is not queryable'),
    new Error('Client was closed and is not queryable'),
    new AggregateError([socket('ECONNREFUSED')]),
  ])('%s means that the session is gone', (error) => {
    expect(isConnectionLoss(error)).toBe(true);
  });

  it.each([
    server('25P03', 'terminating connection due to idle-in-transaction timeout'),
    server('25P04', 'terminating connection due to transaction timeout'),
  ])('%s means that the session is gone too', (error) => {
    expect(isConnectionLoss(error)).toBe(true);
  });

  it.each([
    server('57014'),
    server('55P03'),
    server('40P01'),
    server('42601'),
    new Error('no'),
    'ECONNRESET',
    undefined,
  ])('%s leaves the session alive', (error) => {
    expect(isConnectionLoss(error)).toBe(false);
  });
});

describe('isWorthWaiting', () => {
  it.each([
    server('57P03', 'the database system is starting up'),
    server('53300', 'sorry, too many clients already'),
    server('57P01'),
    socket('ECONNREFUSED'),
    socket('ENOTFOUND'),
    socket('EAI_AGAIN'),
    socket('ETIMEDOUT'),
    socket('ENOENT'),
    new Error('timeout expired'),
    new Error('Connection terminated unexpectedly'),
    new AggregateError([socket('ECONNREFUSED', 'connect ::1'), socket('ECONNREFUSED', 'connect 127.0.0.1')]),
  ])('%s may pass', (error) => {
    expect(isWorthWaiting(error)).toBe(true);
  });

  it.each([
    server('28P01', 'password authentication failed'),
    server('28000', 'no pg_hba.conf entry'),
    server('3D000', 'database "x" does not exist'),
    server('42501', 'permission denied for database'),
    socket('SELF_SIGNED_CERT_IN_CHAIN'),
    socket('ERR_TLS_CERT_ALTNAME_INVALID'),
    new Error('The server does not support SSL connections'),
    new TypeError('a bug of ours'),
    'ECONNREFUSED',
  ])('%s does not pass by waiting', (error) => {
    expect(isWorthWaiting(error)).toBe(false);
  });
});

describe('connectionFailure', () => {
  const settings: ConnectionSettings = {
    host: 'db.example.com',
    port: 5432,
    database: 'wumbo',
    user: 'app',
    password: 's3cret',
    tls: { verify: 'full', roots: undefined },
    source: 'DATABASE_URL',
  };
  const reach = 'Check host, port, security group and that the server runs (settings: DATABASE_URL).';
  const authority =
    'Set PGSSLROOTCERT to the authority that signed it; RDS: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem.';

  it.each<[unknown, string, string]>([
    [
      server('28P01', 'password authentication failed for user "app"'),
      'The database wumbo at db.example.com:5432 refuses the login of "app": wrong password.',
      'Check the password (settings: DATABASE_URL); if the secret was rotated, start a new task so that it is injected afresh.',
    ],
    [
      server('28000', 'no pg_hba.conf entry for host "10.0.0.1", user "app", database "wumbo", no encryption'),
      'The database wumbo at db.example.com:5432 refuses the login of "app" without TLS.',
      "Check user and host in the server's pg_hba.conf (settings: DATABASE_URL).",
    ],
    [
      server('28000', 'no pg_hba.conf entry for host "10.0.0.1", SSL encryption'),
      'The database wumbo at db.example.com:5432 refuses the login of "app": no pg_hba.conf entry for host "10.0.0.1", SSL encryption.',
      'Check user and TLS (settings: DATABASE_URL).',
    ],
    [
      server('3D000'),
      'The database wumbo at db.example.com:5432 does not exist.',
      'Check the name (settings: DATABASE_URL), or create it: CREATE DATABASE.',
    ],
    [
      server('57P03', 'the database system is starting up'),
      'The database wumbo at db.example.com:5432 refuses the connection: the database system is starting up (57P03).',
      'Check the settings (settings: DATABASE_URL).',
    ],
    [
      socket('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
      'The certificate of wumbo at db.example.com:5432 cannot be trusted: an authority that is not among the roots signed it.',
      authority,
    ],
    [
      socket('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
      'The certificate of wumbo at db.example.com:5432 cannot be trusted: an authority that is not among the roots signed it.',
      authority,
    ],
    [
      new Error('The server does not support SSL connections'),
      'The server of wumbo at db.example.com:5432 speaks no TLS.',
      'If that is meant, add ?sslmode=disable or set PGSSLMODE=disable.',
    ],
    [socket('ECONNREFUSED'), 'The database wumbo at db.example.com:5432 cannot be reached: ECONNREFUSED.', reach],
    [
      new AggregateError([socket('ETIMEDOUT'), socket('ENETUNREACH')]),
      'The database wumbo at db.example.com:5432 cannot be reached: ETIMEDOUT.',
      reach,
    ],
    [
      new Error('timeout expired'),
      'The database wumbo at db.example.com:5432 cannot be reached: timeout expired.',
      reach,
    ],
    ['just text', 'The database wumbo at db.example.com:5432 cannot be reached: just text.', reach],
  ])('%s: %s', (cause, message, hint) => {
    expect(connectionFailure(cause, settings)).toMatchObject({
      code: 'database-unreachable',
      exitCode: 8,
      message,
      hint,
      cause,
    });
  });
});
