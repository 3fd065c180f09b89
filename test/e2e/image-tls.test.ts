import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { buildImage, docker, hardened, missingEngine, type CommandResult } from '../support/docker.ts';
import { createAuthority } from '../support/certificates.ts';
import { startIamFront, type IamFront } from '../support/iam-front.ts';
import { startTlsServer, type TlsServer } from '../support/tls-server.ts';

const missing = process.platform === 'linux' ? await missingEngine() : 'its network is not this machine’s';
if (missing !== undefined) console.warn(`SKIPPED, TLS of the container image is not tested: ${missing}.`);

const host = 'wumbo.abc123.eu-west-1.rds.amazonaws.com';
const authority = createAuthority('Stands for the root of RDS');
const tls = authority.issue({ commonName: host, names: [host] });
const credentials = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'pl4nted-key' };

describe.skipIf(missing !== undefined)('the image and a database of RDS', () => {
  let image = '';
  let folder: string;
  let server: TlsServer;
  let front: IamFront;
  beforeAll(async () => {
    image = await buildImage({});
    folder = await mkdtemp(join(tmpdir(), 'wumbo-image-tls-'));
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'root.pem'), authority.certificate);
    server = await startTlsServer();
    await server.query("CREATE ROLE app LOGIN PASSWORD 'pl4nted'");
    await server.configure({
      tls,
      rules: ['hostssl all app 127.0.0.1/32 scram-sha-256', 'hostnossl all app 127.0.0.1/32 trust'],
    });
    const upstreamPort = server.address.port;
    front = await startIamFront({ tls, upstreamPort, host, region: 'eu-west-1', credentials });
  }, 600_000);
  afterAll(async () => {
    await front?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
    await docker('rmi', '--force', image);
  });

  async function current(options: readonly string[]): Promise<CommandResult> {
    const command = ['current', '--skip-wait'];
    const ended = await docker(
      'run',
      '--rm',
      ...hardened,
      '--add-host',
      `${host}:127.0.0.1`,
      ...options,
      image,
      ...command,
    );
    expect(ended.stdout + ended.stderr).not.toMatch(/pl4nted|X-Amz-/);
    return ended;
  }
  const roots = (): readonly string[] => ['--volume', `${folder}/root.pem:/etc/ssl/rds/global-bundle.pem:ro`];
  const secret = (): string =>
    JSON.stringify({ username: 'app', password: 'pl4nted', host, port: server.address.port, dbname: 'postgres' });

  test('it verifies the server against the roots that it brings, without being told', async () => {
    const trusted = await current([...roots(), '--env', `DATABASE_SECRET=${secret()}`]);
    expect(trusted).toMatchObject({ exitCode: 0 });
    const stranger = await current(['--env', `DATABASE_SECRET=${secret()}`]);
    expect(stranger.exitCode).toBe(8);
    expect(stranger.stdout).toContain('an authority that is not among the roots signed it.');
  });

  test('it logs in with IAM on a read-only root', async () => {
    const env = {
      DATABASE_URL: `postgres://app@${host}:${front.port}/postgres`,
      DATABASE_AUTH: 'iam',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    const given = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    expect(await current([...roots(), ...given])).toMatchObject({ exitCode: 0 });
    expect(front.tokens).toHaveLength(1);
  });
});
