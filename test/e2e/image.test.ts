import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { createDatabase } from '../support/database.ts';
import {
  buildImage,
  compressedBytes,
  docker,
  dockerOutput,
  findCompose,
  hardened,
  missingEngine,
  postgresOverride,
  runCommand,
  urlInContainer,
  type CommandResult,
} from '../support/docker.ts';
import { freePort } from '../support/free-port.ts';
import { eventsOf } from '../support/migrations.ts';
import { projectDirectory } from '../support/programs.ts';

const noEngine = await missingEngine();
const compose = noEngine === undefined ? await findCompose() : undefined;
const noCompose = noEngine ?? (compose ? undefined : 'neither `docker compose` nor `docker-compose` is installed');
const required = process.env['REQUIRE_DOCKER'] === '1';

if (noEngine !== undefined) console.warn(`SKIPPED, the container image is not tested: ${noEngine}.`);
if (noCompose !== undefined) console.warn(`SKIPPED, docker-compose.yml is not tested: ${noCompose}.`);

test.runIf(required)('Docker and Compose are here, as REQUIRE_DOCKER=1 asks', () => {
  expect(noEngine).toBeUndefined();
  expect(noCompose).toBeUndefined();
});

describe.skipIf(noEngine !== undefined)('the container image', () => {
  const gitSha = randomBytes(20).toString('hex');
  const created = '2026-11-22T12:00:00Z';
  const source = 'https://github.com/wumbo/wumbo-migrations';
  let image = '';
  beforeAll(async () => {
    image = await buildImage({ GIT_SHA: gitSha, VERSION: '1.2.3', CREATED: created, SOURCE: source });
  }, 600_000);
  afterAll(async () => void (await docker('rmi', '--force', image)));

  const migrate = (url: string, ...args: readonly string[]): Promise<CommandResult> =>
    docker('run', '--rm', ...hardened, '--env', `DATABASE_URL=${url}`, image, ...args);

  test('is `migrate upgrade head` for user 65532', async () => {
    const config = JSON.parse(await dockerOutput('image', 'inspect', '--format', '{{json .Config}}', image)) as object;
    expect(config).toMatchObject({
      User: '65532:65532',
      Entrypoint: ['/nodejs/bin/node', '--min-semi-space-size=8', '/app/migrate.js'],
      Cmd: ['upgrade', 'head'],
      Labels: {
        'org.opencontainers.image.revision': gitSha,
        'org.opencontainers.image.version': '1.2.3',
        'org.opencontainers.image.created': created,
        'org.opencontainers.image.source': source,
        'org.opencontainers.image.licenses': 'MIT',
      },
    });
    expect(await dockerOutput('run', '--rm', ...hardened, image, '--version')).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('holds one program and the revisions, and no shell or package manager', async () => {
    const look = `
      const { existsSync, readdirSync, readFileSync } = require('node:fs');
      const programs = ['sh', 'bash', 'dash', 'busybox', 'env', 'ls', 'apt', 'apk', 'dpkg', 'npm'];
      const folders = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/busybox', '/nodejs/bin'];
      console.log(JSON.stringify({
        app: readdirSync('/app').filter((name) => !/^migrate-.*\\.js$/.test(name)),
        roots: readFileSync('/etc/ssl/rds/global-bundle.pem', 'utf8').match(/BEGIN CERTIFICATE/g).length,
        parts: JSON.parse(readFileSync('/app/sbom.cdx.json', 'utf8')).components.map(({ name }) => name),
        migrations: readdirSync('/migrations'),
        programs: folders.flatMap((folder) => programs.map((name) => folder + '/' + name)).filter((path) => existsSync(path)),
        user: process.getuid(),
      }));`;
    const node = ['--entrypoint', '/nodejs/bin/node', image, '--eval', look];
    const seen = JSON.parse(await dockerOutput('run', '--rm', ...hardened, ...node)) as object;
    const migrations = (await readdir(join(projectDirectory, 'migrations'))).toSorted();
    expect(seen).toEqual({
      app: ['THIRD_PARTY_LICENSES.txt', 'migrate.js', 'sbom.cdx.json'],
      roots: 86,
      parts: expect.arrayContaining(['pg', 'umzug', 'commander', '@aws-sdk/rds-signer']),
      migrations,
      programs: [],
      user: 65_532,
    });
  });

  test('holds nothing that is made for one processor, apart from its base', async () => {
    const look = `
      const { openSync, readSync, readdirSync } = require('node:fs');
      const head = (path) => { const bytes = Buffer.alloc(4); readSync(openSync(path), bytes, 0, 4, 0); return bytes; };
      const ours = ['/app', '/migrations', '/etc/ssl/rds'].flatMap((folder) => readdirSync(folder).map((name) => folder + '/' + name));
      const isProgram = (path) => ['7f454c46', 'cffaedfe', '0061736d'].includes(head(path).toString('hex'));
      console.log(JSON.stringify({ count: ours.length, programs: ours.filter((path) => isProgram(path)) }));`;
    const node = ['--entrypoint', '/nodejs/bin/node', image, '--eval', look];
    const seen = JSON.parse(await dockerOutput('run', '--rm', ...hardened, ...node)) as { count: number };
    expect(seen).toMatchObject({ programs: [] });
    expect(seen.count).toBeGreaterThan(5);
  });

  test('is at most 60 MB compressed', async () => {
    const bytes = await compressedBytes(image);
    console.log(`The image is ${(bytes / 1e6).toFixed(1)} MB compressed.`);
    expect(bytes).toBeLessThanOrEqual(60e6);
  });

  test('upgrades, checks and downgrades a real database on a read-only root', async () => {
    const database = await createDatabase();
    const url = urlInContainer(database.url);

    const pending = await migrate(url, 'check');
    expectExit(pending, 3);

    const upgraded = await migrate(url);
    expectExit(upgraded, 0);
    const lines = upgraded.stdout.trim().split('\n');
    const events = eventsOf(upgraded.stdout);
    expect(events).toHaveLength(lines.length);
    expect(events[0]).toMatchObject({ event: 'run.started', command: 'upgrade', target: 'head' });
    expect(events.at(-1)).toMatchObject({ event: 'run.finished', outcome: 'succeeded', exitCode: 0, pending: [] });
    expect(await database.query('SELECT DISTINCT git_sha FROM migrations.history')).toEqual([{ git_sha: gitSha }]);

    expectExit(await migrate(url, 'check'), 0);
    const downgraded = await migrate(url, 'downgrade', 'base');
    expectExit(downgraded, 0);
    expect(eventsOf(downgraded.stdout).at(-1)).toMatchObject({ event: 'run.finished', exitCode: 0, current: null });
    expect(await database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
  });

  test.each([
    { problem: 'an address where no server is', exitCode: 8, broken: 'postgres://app:planted-word@127.0.0.1:1/wumbo' },
    { problem: 'a raw # in the password', exitCode: 2, broken: 'postgres://app:planted-word#x@127.0.0.1/wumbo' },
    { problem: 'no URL at all', exitCode: 2, broken: 'app:planted-word@127.0.0.1/wumbo' },
  ])('ends with $exitCode for $problem and prints no password', async ({ exitCode, broken }) => {
    const ended = await migrate(broken, 'upgrade', '--skip-wait');
    expectExit(ended, exitCode);
    expect(eventsOf(ended.stdout).at(-1)).toMatchObject({ event: 'run.finished', outcome: 'failed', exitCode });
    expect(ended.stdout + ended.stderr).not.toContain('planted');
  });

  test('ends with 8 for a refused login and prints no password', async () => {
    const database = await createDatabase();
    const broken = urlInContainer(database.url).replace(/:[^:@]+@/, ':planted-word@');
    const ended = await migrate(broken, 'upgrade', '--skip-wait');
    expectExit(ended, 8);
    expect(ended.stdout + ended.stderr).not.toContain('planted');
  });

  test('rolls back and ends with 143 when it is stopped in a long statement, long before it would be killed', async () => {
    const database = await createDatabase();
    const folder = await temporaryFolder();
    const revision = '-- migrate:up\nCREATE TABLE half_done (id int);\nSELECT pg_sleep(60);\n-- migrate:down\n';
    await writeFile(join(folder, '20260101000001_sleep.sql'), revision);
    const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
    await dockerOutput('run', '--rm', '--user', owner, '--volume', `${folder}:/migrations`, image, 'lock');
    const name = uniqueName();
    onTestFinished(async () => void (await docker('rm', '--force', name)));
    const options = ['--volume', `${folder}:/migrations:ro`, '--env', `DATABASE_URL=${urlInContainer(database.url)}`];
    await dockerOutput('run', '--detach', '--name', name, ...hardened, ...options, image);
    const sleepers = (): Promise<unknown[]> =>
      database.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND wait_event = 'PgSleep'",
      );
    await expect.poll(sleepers, { timeout: 30_000 }).toHaveLength(1);

    const begun = performance.now();
    await dockerOutput('stop', '-t', '30', name);
    const elapsedMs = performance.now() - begun;

    console.log(`A container in a long statement stopped after ${Math.round(elapsedMs)} ms.`);
    expect(elapsedMs).toBeLessThan(10_000);
    expect(await dockerOutput('inspect', '--format', '{{.State.ExitCode}}', name)).toBe('143');
    expect(eventsOf(await dockerOutput('logs', name)).at(-1)).toMatchObject({
      event: 'run.finished',
      outcome: 'interrupted',
      exitCode: 143,
      applied: [],
    });
    expect(await sleepers()).toEqual([]);
    expect(await database.query("SELECT to_regclass('public.half_done') AS found")).toEqual([{ found: null }]);
  });

  test.skipIf(noCompose !== undefined)(
    'upgrades the PostgreSQL 16 of docker-compose.yml',
    { timeout: 180_000 },
    async () => {
      const override = join(await temporaryFolder(), 'override.json');
      // The image is the one that was built above: Compose would build it in a network that this engine may not have.
      const services = { postgres: await postgresOverride(), migrate: { image, pull_policy: 'never' } };
      await writeFile(override, JSON.stringify({ services }));
      const project = ['-f', 'docker-compose.yml', '-f', override, '--project-directory', '.', '-p', uniqueName()];
      const env = { POSTGRES_PORT: String(await freePort()) };
      const run = (...args: readonly string[]): Promise<CommandResult> =>
        runCommand([...(compose ?? []), ...project, ...args], { env });
      onTestFinished(async () => void (await run('down', '--volumes', '--remove-orphans')));

      const up = await run('up', '--no-build', '--no-color', '--exit-code-from', 'migrate');
      expectExit(up, 0);
      expect(up.stdout).toMatch(/"event":"run.finished","outcome":"succeeded","exitCode":0/);

      const inspect = async (service: string): Promise<object> => {
        const { stdout } = await run('ps', '--all', '--quiet', service);
        return JSON.parse(await dockerOutput('inspect', '--format', '{{json .HostConfig}}', stdout.trim())) as object;
      };
      const strict = { ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'] };
      expect(await inspect('migrate')).toMatchObject(strict);
      const loopbackOnly = { PortBindings: { '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: env.POSTGRES_PORT }] } };
      expect(await inspect('postgres')).toMatchObject(loopbackOnly);

      // The data outlive the first `up`.
      const check = await run('run', '--rm', 'migrate', 'check');
      expectExit(check, 0);
    },
  );
});

/** Another exit code shows what the program said. */
function expectExit({ exitCode, stdout, stderr }: CommandResult, expected: number): void {
  if (exitCode !== expected) throw new Error(`exit ${exitCode}, not ${expected}:\n${stdout}\n${stderr}`);
}

function uniqueName(): string {
  return `wumbo-migrations-test-${randomBytes(4).toString('hex')}`;
}

/** A folder that the container's user can read. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wumbo-image-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  return folder;
}
