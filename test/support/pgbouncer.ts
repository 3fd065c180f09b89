import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject, onTestFinished } from 'vitest';

import { freePort } from './free-port.ts';

const run = promisify(execFile);

/** Whether Debian's PgBouncer is installed. */
export async function hasPgBouncer(): Promise<boolean> {
  return run('pgbouncer', ['--version']).then(
    () => true,
    () => false,
  );
}

/** Starts a real PgBouncer before the test server and answers its port. */
export async function startPgBouncer(
  poolMode: 'session' | 'transaction',
  settings: readonly string[] = [],
): Promise<number> {
  const server = inject('server');
  const directory = await mkdtemp(join(tmpdir(), 'wumbo-pgbouncer-'));
  await chmod(directory, 0o777);
  const port = await freePort();
  const config = join(directory, 'pgbouncer.ini');
  const users = join(directory, 'users.txt');
  await writeFile(users, `"${server.user}" "${server.password}"\n`, { mode: 0o644 });
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${server.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = plain',
    `auth_file = ${users}`,
    `pool_mode = ${poolMode}`,
    `logfile = ${join(directory, 'log')}`,
    ...settings,
  ];
  await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o644 });
  // It does not run as root.
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', [...asUser, config], { stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await readFile(join(directory, 'log'), 'utf8').catch(() => '')).includes('process up')) return port;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`PgBouncer did not start: ${await readFile(join(directory, 'log'), 'utf8').catch(() => 'no log')}`);
}
