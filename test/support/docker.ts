import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createGzip } from 'node:zlib';

import { findBinaries } from '../../src/embedded-postgres/binaries.ts';
import { projectDirectory, runProgram } from './programs.ts';

/** What a command left behind. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a command in the project's folder; -1 is its exit code when it could not be started or took too long. */
export function runCommand(
  [command = '', ...args]: readonly string[],
  { env = {}, timeoutMs = 0 }: CommandOptions = {},
): Promise<CommandResult> {
  const options = { cwd: projectDirectory, env: { ...process.env, ...env }, timeout: timeoutMs, maxBuffer: 2 ** 26 };
  return new Promise((done) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      done({ exitCode, stdout, stderr: stderr === '' && exitCode === -1 ? (error?.message ?? '') : stderr });
    }).stdin?.end();
  });
}

export function docker(...args: readonly string[]): Promise<CommandResult> {
  return runCommand(['docker', ...args]);
}

/** Runs docker and answers its stdout. @throws Error with its output when it fails. */
export async function dockerOutput(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await docker(...args);
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')}: exit ${exitCode}\n${stdout}\n${stderr}`);
  return stdout.trim();
}

/** Why no container can be run here, as the end of a sentence; `undefined` when an engine answers. */
export async function missingEngine(): Promise<string | undefined> {
  const asked = await runCommand(['docker', 'version', '--format', '{{.Server.Version}}'], { timeoutMs: 20_000 });
  if (asked.exitCode === 0) return undefined;
  return `no Docker engine answers (${asked.stderr.trim().split('\n').at(-1) ?? ''})`;
}

/** How Compose is called here: Docker's plugin, else the older program of its own; `undefined` when there is neither. */
export async function findCompose(): Promise<readonly string[] | undefined> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    if ((await runCommand([...command, 'version'])).exitCode === 0) return command;
  }
  return undefined;
}

// On Linux a container in the host's network reaches the tests' server, which listens on loopback only, and needs no bridge.
// Docker Desktop's engine is in a virtual machine, from where this machine has a name.
const onLinux = process.platform === 'linux';
const hostNetwork = onLinux ? ['--network', 'host'] : [];

/** The same database for a client in a container. */
export function urlInContainer(url: string): string {
  return onLinux ? url : `${url.replace('@127.0.0.1:', '@host.docker.internal:')}?sslmode=disable`;
}

/** Options of `docker run` as strict as in ECS: nothing to write, no capability, no way to gain one. */
export const hardened: readonly string[] = [
  '--read-only',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
  ...hostNetwork,
];

/** Builds the Dockerfile, or the part of it that holds no revisions, and answers the image's tag. */
export async function buildImage({
  target,
  ...buildArguments
}: {
  readonly target?: 'runner';
  readonly [name: string]: string | undefined;
}): Promise<string> {
  // A tag of its own: two test files build at the same time.
  const tag = `wumbo-migrations:test-${randomBytes(6).toString('hex')}`;
  const given = Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value ?? ''}`]);
  const stage = target === undefined ? [] : ['--target', target];
  await dockerOutput('build', ...hostNetwork, ...given, ...stage, '--tag', tag, '.');
  return tag;
}

/** Builds what a consumer's two lines make of an image and revisions, and answers its tag. */
export async function buildConsumerImage(base: string, files: Readonly<Record<string, string>>): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), 'wumbo-consumer-'));
  try {
    await mkdir(join(context, 'migrations'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(context, 'migrations', name), text);
    const revisions = ['--migrations', join(context, 'migrations')];
    const locked = await runProgram('migrate', ['lock', ...revisions]);
    if (locked.exitCode !== 0) throw new Error(`migrate lock: ${locked.stderr}`);
    await writeFile(join(context, 'Dockerfile'), `FROM ${base}\nCOPY migrations /migrations\n`);
    const tag = `wumbo-migrations-consumer:${randomBytes(6).toString('hex')}`;
    await dockerOutput('build', '--quiet', ...hostNetwork, '--tag', tag, context);
    return tag;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Why the engine's awslogs driver cannot send anywhere, as the end of a sentence; `undefined` when it tries to. */
export async function missingLogDriver(image: string): Promise<string | undefined> {
  if (!onLinux) return 'the engine is in a virtual machine, where this machine’s loopback address does not lead here';
  const nowhere = { 'awslogs-endpoint': 'http://127.0.0.1:9', 'awslogs-region': 'us-east-1', 'awslogs-group': 'none' };
  const options = Object.entries(nowhere).flatMap(([name, value]) => ['--log-opt', `${name}=${value}`]);
  const tried = await docker('run', '--rm', ...hostNetwork, '--log-driver', 'awslogs', ...options, image, '--version');
  return tried.stderr.includes('connection refused') ? undefined : tried.stderr.trim();
}

/** Size of the image as a registry would hold it, gzip level 6. */
export async function compressedBytes(image: string): Promise<number> {
  const save = spawn('docker', ['save', image], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(save, 'close');
  let bytes = 0;
  for await (const chunk of save.stdout.pipe(createGzip({ level: 6 }))) bytes += (chunk as Buffer).length;
  const [exitCode] = (await closed) as [number];
  if (exitCode !== 0) throw new Error(`docker save: exit ${exitCode}`);
  return bytes;
}

/**
 * What docker-compose.yml's service `postgres` must have changed here: nothing where its image is present or can be pulled,
 * else the embedded PostgreSQL in the builder stage's image takes its place.
 */
export async function postgresOverride(): Promise<object> {
  const image = 'postgres:16';
  if ((await docker('image', 'inspect', image)).exitCode === 0) return {};
  if ((await runCommand(['docker', 'pull', '--quiet', image], { timeoutMs: 60_000 })).exitCode === 0) return {};
  const { postgres } = await findBinaries(process);
  return {
    image: 'node:24-bookworm-slim',
    entrypoint: ['/stand-in/entrypoint'],
    environment: { PATH: '/stand-in:/postgres/bin:/usr/bin:/bin' },
    volumes: [
      `${resolve(postgres, '../..')}:/postgres:ro`,
      `${resolve(import.meta.dirname, 'postgres-stand-in')}:/stand-in:ro`,
    ],
  };
}
