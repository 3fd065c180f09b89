import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAuthority, selfSigned } from '../../support/certificates.ts';
import { missingPsql } from '../../support/psql.ts';
import { runProgram, type ProgramResult } from '../../support/programs.ts';
import { startTlsServer, withTestNames, type TlsServer } from '../../support/tls-server.ts';

const host = 'db.example.com';
const password = 'pl4nted p@ss/w%rd#1?';
const authority = createAuthority('Test Root');
const stranger = createAuthority('Another Root');
const trusted = authority.issue({ commonName: host, names: [host, '127.0.0.1'] });
const atBase = 'No revision is applied: the database is at base.\n';
const onlyTls = 'hostssl all app 127.0.0.1/32 scram-sha-256';
const both = 'host all app 127.0.0.1/32 scram-sha-256';
const onlyPlain = 'hostnossl all app 127.0.0.1/32 scram-sha-256';

let server: TlsServer;
let folder: string;
let roots: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wumbo-tls-files-'));
  roots = await file('root.pem', authority.certificate);
  server = await startTlsServer();
  await server.query(`CREATE ROLE app LOGIN PASSWORD '${password}'`);
}, 120_000);
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

/** `migrate current` on an empty database: 0 as soon as the login is through. */
async function logIn(
  env: Readonly<Record<string, string>>,
  { hostName = host }: { readonly hostName?: string } = {},
): Promise<ProgramResult> {
  const url = `postgres://app:${encodeURIComponent(password)}@${hostName}:${server.address.port}/postgres`;
  const ended = await runProgram('migrate', ['current', '--skip-wait', '--verbose'], {
    env: { ...withTestNames, DATABASE_URL: url, ...env },
  });
  expect(ended.stdout + ended.stderr).not.toContain('pl4nted');
  return ended;
}

describe('TLS to a host that is not this machine', () => {
  it('is verified against PGSSLROOTCERT, by default with the name', async () => {
    await server.configure({ tls: trusted, rules: [onlyTls] });
    expect(await logIn({ PGSSLROOTCERT: roots })).toMatchObject({ exitCode: 0, stderr: atBase });
  });

  it.each(['verify-full', 'verify-ca', 'require', 'prefer', 'allow'])(
    'logs in with sslmode=%s where the server takes TLS only',
    async (mode) => {
      await server.configure({ tls: trusted, rules: [onlyTls] });
      expect(await logIn({ PGSSLROOTCERT: roots, PGSSLMODE: mode })).toMatchObject({ exitCode: 0, stderr: atBase });
    },
  );

  it('8: refuses to speak without TLS, and the message says so, where the server demands it', async () => {
    await server.configure({ tls: trusted, rules: [onlyTls] });
    const { exitCode, stderr } = await logIn({ PGSSLMODE: 'disable' });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('refuses the login of "app" without TLS.\n  Set PGSSLMODE=verify-full.');
  });

  const cases = [
    {
      problem: 'another host name',
      tls: authority.issue({ commonName: 'other', names: ['other.example.com'] }),
      says: 'is for another name than "db.example.com" (it has DNS:other.example.com).',
      wayOut: 'PGSSLMODE=verify-ca',
      passes: ['verify-ca', 'require'],
    },
    {
      problem: 'an expired certificate',
      tls: authority.issue({ commonName: host, names: [host], validTo: new Date(Date.now() - 3_600_000) }),
      says: 'has expired',
      wayOut: 'Renew it on the server',
      passes: [],
    },
    {
      problem: 'a certificate of the future',
      tls: authority.issue({ commonName: host, names: [host], validFrom: new Date(Date.now() + 3_600_000) }),
      says: 'is not valid yet.',
      wayOut: 'Set the clock',
      passes: [],
    },
    {
      problem: 'a self-signed certificate',
      tls: selfSigned({ commonName: host, names: [host] }),
      says: 'cannot be trusted: it is signed by itself.',
      wayOut: 'Set PGSSLROOTCERT to a copy of that certificate',
      passes: [],
    },
    {
      problem: 'the certificate of another authority',
      tls: stranger.issue({ commonName: host, names: [host] }),
      says: 'cannot be trusted: an authority that is not among the roots signed it.',
      wayOut: 'Set PGSSLROOTCERT to the authority that signed it',
      passes: [],
    },
  ];

  it.each(cases)('8: $problem is refused, before any password is sent', async ({ tls, says, wayOut, passes }) => {
    await server.configure({ tls, rules: [both] });
    const { exitCode, stderr } = await logIn({ PGSSLROOTCERT: roots });
    expect(exitCode).toBe(8);
    expect(stderr).toContain(`The certificate of postgres at ${host}:${server.address.port} ${says}`);
    expect(stderr).toContain(wayOut);
    for (const mode of ['verify-ca', 'require'])
      expect([mode, (await logIn({ PGSSLROOTCERT: roots, PGSSLMODE: mode })).exitCode]).toEqual([
        mode,
        passes.includes(mode) ? 0 : 8,
      ]);
    // Without roots, `require` means encryption alone.
    expect((await logIn({ PGSSLMODE: 'require' })).exitCode).toBe(0);
  });

  it('an address is checked against the addresses of the certificate', async () => {
    const env = { PGSSLROOTCERT: roots, PGSSLMODE: 'verify-full' };
    await server.configure({ tls: trusted, rules: [onlyTls] });
    expect(await logIn(env, { hostName: '127.0.0.1' })).toMatchObject({ exitCode: 0 });
    await server.configure({ tls: authority.issue({ commonName: 'x', names: ['localhost'] }), rules: [onlyTls] });
    const refused = await logIn(env, { hostName: '127.0.0.1' });
    expect(refused.exitCode).toBe(8);
    expect(refused.stderr).toContain('is for another name than "127.0.0.1" (it has DNS:localhost).');
  });

  it('without PGSSLROOTCERT trusts public authorities only', async () => {
    await server.configure({ tls: trusted, rules: [both] });
    const { exitCode, stderr } = await logIn({});
    expect(exitCode).toBe(8);
    expect(stderr).toContain('an authority that is not among the roots signed it.');
  });

  it('sslrootcert=system takes what the system trusts, and only with the host name', async () => {
    await server.configure({ tls: trusted, rules: [onlyTls] });
    const system = { PGSSLROOTCERT: 'system', SSL_CERT_FILE: roots };
    expect(await logIn(system)).toMatchObject({ exitCode: 0, stderr: atBase });
    const weak = await logIn({ ...system, PGSSLMODE: 'require' });
    expect(weak.exitCode).toBe(2);
    expect(weak.stderr).toContain('Use it with sslmode=verify-full.');
  });
});

describe('sslmode=prefer and allow, as libpq does', () => {
  const wrong = { tls: stranger.issue({ commonName: host, names: [host] }), rules: [both] };

  it.each(['prefer', 'allow'])('%s goes on without TLS where the server has none', async (mode) => {
    await server.configure({ tls: undefined, rules: [both] });
    expect(await logIn({ PGSSLMODE: mode })).toMatchObject({ exitCode: 0, stderr: atBase });
    const strict = await logIn({ PGSSLROOTCERT: roots });
    expect(strict.exitCode).toBe(8);
    expect(strict.stderr).toContain('speaks no TLS.');
  });

  it('prefer goes on without TLS where the certificate is not that of the roots it was given', async () => {
    await server.configure(wrong);
    expect(await logIn({ PGSSLMODE: 'prefer', PGSSLROOTCERT: roots })).toMatchObject({ exitCode: 0 });
  });

  it.each(['prefer', 'allow'])('%s logs in where the server takes no TLS for this user', async (mode) => {
    await server.configure({ tls: trusted, rules: [onlyPlain] });
    expect(await logIn({ PGSSLMODE: mode })).toMatchObject({ exitCode: 0, stderr: atBase });
    expect((await logIn({ PGSSLMODE: 'require' })).exitCode).toBe(8);
  });

  it.each([
    ['prefer', onlyTls],
    ['allow', onlyTls],
    ['prefer', onlyPlain],
  ])('%s tells a wrong password, not the other way’s refusal (%s)', async (mode, rule) => {
    await server.configure({ tls: trusted, rules: [rule] });
    const url = `postgres://app:wrong@${host}:${server.address.port}/postgres?sslmode=${mode}`;
    const { exitCode, stderr } = await logIn({ DATABASE_URL: url });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('refuses the login of "app": wrong password.');
  });
});

describe('a client certificate', () => {
  it('is shown when PGSSLCERT and PGSSLKEY name one, and asked for when they do not', async () => {
    await server.configure({
      tls: trusted,
      clientAuthority: stranger.certificate,
      rules: ['hostssl all app 127.0.0.1/32 cert'],
    });
    const own = stranger.issue({ commonName: 'app' });
    const env = {
      PGSSLROOTCERT: roots,
      PGSSLCERT: await file('client.crt', own.certificate),
      PGSSLKEY: await file('client.key', own.key),
    };
    expect(await logIn(env)).toMatchObject({ exitCode: 0, stderr: atBase });
    const without = await logIn({ PGSSLROOTCERT: roots });
    expect(without.exitCode).toBe(8);
    expect(without.stderr).toContain('it wants a client certificate.');
    const half = await logIn({ ...env, PGSSLKEY: '' });
    expect(half.exitCode).toBe(2);
    expect(half.stderr).toContain('Set both PGSSLCERT and PGSSLKEY');
  });
});

const noPsql = await missingPsql();

describe.skipIf(noPsql !== undefined)('every sslmode lets in and keeps out as psql does', () => {
  const servers = {
    'TLS only': { tls: trusted, rules: [onlyTls] },
    'no TLS for this user': { tls: trusted, rules: [onlyPlain] },
    'no TLS at all': { tls: undefined, rules: [both] },
    'another name': { tls: authority.issue({ commonName: 'x', names: ['x.example.com'] }), rules: [both] },
    'another authority, TLS only': { tls: stranger.issue({ commonName: host, names: [host] }), rules: [onlyTls] },
  };

  it.each(Object.entries(servers))('%s', async (_, configuration) => {
    await server.configure(configuration);
    for (const PGSSLMODE of ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']) {
      for (const PGSSLROOTCERT of [roots, join(folder, 'none.pem')]) {
        // Without roots libpq refuses to verify at all, where we take RDS's or the public ones.
        const withRoots = PGSSLROOTCERT === roots;
        if (!withRoots && PGSSLMODE.startsWith('verify')) continue;
        const place = { PGHOST: host, PGHOSTADDR: '127.0.0.1', PGPORT: String(server.address.port), PGUSER: 'app' };
        const login = { ...place, PGPASSWORD: password, PGDATABASE: 'postgres', PGSSLMODE, PGSSLROOTCERT };
        const env = { PATH: process.env['PATH'], HOME: folder, ...login };
        const theirs = await promisify(execFile)('psql', ['-XAtc', 'SELECT 1'], { env }).then(
          () => 'in',
          () => 'out',
        );
        const ours = await logIn({ PGSSLMODE, ...(withRoots ? { PGSSLROOTCERT } : {}) });
        expect([PGSSLMODE, withRoots, ours.exitCode === 0 ? 'in' : 'out']).toEqual([PGSSLMODE, withRoots, theirs]);
      }
    }
  });
});
