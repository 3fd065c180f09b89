import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAuthority } from '../../support/certificates.ts';
import { startIamFront, type IamFront } from '../../support/iam-front.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';
import { startTlsServer, withTestNames, type TlsServer } from '../../support/tls-server.ts';

const host = 'wumbo.abc123.eu-west-1.rds.amazonaws.com';
const authority = createAuthority('Test Root');
const tls = authority.issue({ commonName: host, names: [host] });
const credentials = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'pl4nted-key' };

let server: TlsServer;
let front: IamFront;
let folder: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wumbo-iam-'));
  const roots = join(folder, 'root.pem');
  await writeFile(roots, authority.certificate);
  server = await startTlsServer();
  await server.query('CREATE ROLE app LOGIN CREATEDB');
  await server.query('CREATE DATABASE wumbo OWNER app');
  await server.configure({ tls, rules: ['host all app 127.0.0.1/32 trust'] });
  const upstreamPort = server.address.port;
  front = await startIamFront({ tls, upstreamPort, host, region: 'eu-west-1', credentials });
  env = {
    ...withTestNames,
    DATABASE_URL: `postgres://app@${host}:${front.port}/wumbo`,
    PGSSLROOTCERT: roots,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    DATABASE_AUTH: 'iam',
  };
}, 120_000);
afterAll(async () => {
  await front?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('login with IAM', () => {
  it('shows a token that is good for this host, port, user and region, and prints none', async () => {
    const { migrate } = await createProject(threeRevisions);
    const before = front.tokens.length;
    const { exitCode, stdout, stderr } = await migrate(['upgrade', '--verbose'], { env });
    expect(stderr).toContain('3 revisions applied');
    expect(exitCode).toBe(0);
    expect(front.tokens.length).toBeGreaterThan(before);
    for (const token of [...front.tokens, 'X-Amz-', 'pl4nted']) expect(stdout + stderr).not.toContain(token);
    expect((await migrate(['downgrade', 'base'], { env })).exitCode).toBe(0);
  });

  it('signs a new token for the second connection of a run', async () => {
    const slow = { '20260101000001_slow.sql': '-- migrate:up\nSELECT pg_sleep(3);\n-- migrate:down\nSELECT 1;\n' };
    const { migrate } = await createProject(slow);
    const before = front.tokens.length;
    expect((await migrate(['upgrade'], { env })).exitCode).toBe(0);
    const tokens = front.tokens.slice(before);
    expect(tokens.length).toBeGreaterThan(1);
    expect(new Set(tokens).size).toBe(tokens.length);
    await migrate(['downgrade', 'base'], { env });
  });

  it('--database-auth iam says the same as DATABASE_AUTH', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode } = await migrate(['current', '--database-auth', 'iam'], { env: { ...env, DATABASE_AUTH: '' } });
    expect(exitCode).toBe(0);
  });

  it('8: a token of other credentials is refused, with what IAM login needs', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['current', '--skip-wait'], {
      env: { ...env, AWS_SECRET_ACCESS_KEY: 'another' },
    });
    expect(exitCode).toBe(8);
    expect(stderr).toContain(
      'refuses the login of "app" with an IAM token.\nGRANT rds_iam TO "app"'.replace('\n', '\n  '),
    );
    expect(stderr).not.toContain('X-Amz-');
  });

  it('8: without credentials it says so at once', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['current'], {
      env: {
        ...env,
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
        HOME: folder,
      },
    });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('No token for the IAM login of "app" could be signed:');
  });

  it.each([
    [{ PGSSLMODE: 'disable' }, 'IAM authentication needs TLS, and the settings allow a connection without.'],
    [{ PGSSLMODE: 'prefer' }, 'IAM authentication needs TLS, and the settings allow a connection without.'],
    [{ DATABASE_URL: 'postgres://app@db.example.com/x' }, 'IAM authentication needs a region'],
    [{ DATABASE_AUTH: 'kerberos' }, 'DATABASE_AUTH is neither "password" nor "iam".'],
  ])('2: %j is refused before anything is sent', async (changed, message) => {
    const { migrate } = await createProject(threeRevisions);
    const before = front.tokens.length;
    const { exitCode, stderr } = await migrate(['current', '--skip-wait'], { env: { ...env, ...changed } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(front.tokens.length).toBe(before);
  });
});
