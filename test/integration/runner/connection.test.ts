import { connect, createServer } from 'node:net';
import { describe, expect, inject, it } from 'vitest';

import { freePort } from '../../support/free-port.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';

const password = 'pl4nted/p@ss%w#rd?';

describe('finding the database', () => {
  it.each([
    ['DATABASE_URL', (url: URL) => ({ DATABASE_URL: url.href })],
    ['DATABASE_SECRET', (url: URL) => ({ DATABASE_URL: '', DATABASE_SECRET: secret(url) })],
    [
      'DATABASE_SECRET without host, completed by PG*',
      (url: URL) => ({
        DATABASE_URL: '',
        DATABASE_SECRET: JSON.stringify({ username: url.username, password: decodeURIComponent(url.password) }),
        PGHOST: url.hostname,
        PGPORT: url.port,
        PGDATABASE: url.pathname.slice(1),
      }),
    ],
    ['DATABASE_URL that holds the whole secret', (url: URL) => ({ DATABASE_URL: secret(url) })],
    [
      'PG*',
      (url: URL) => ({
        DATABASE_URL: '',
        PGHOST: url.hostname,
        PGPORT: url.port,
        PGUSER: url.username,
        PGPASSWORD: decodeURIComponent(url.password),
        PGDATABASE: url.pathname.slice(1),
      }),
    ],
  ])('works through %s', async (_, env) => {
    const { migrate, database } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['check'], { env: env(new URL(database.url)) });
    expect(stderr).toBe('');
    expect(exitCode).toBe(3);
  });

  it('2: no database is named', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['check'], { env: { DATABASE_URL: '' } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('No database is named.');
    expect(stderr).toContain('Set DATABASE_URL=');
  });

  it('8: a wrong password fails at once, not after the wait', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const url = new URL(database.url);
    url.password = encodeURIComponent(password);
    const start = Date.now();
    const { exitCode, stderr } = await migrate(['upgrade'], { env: { DATABASE_URL: url.href } });
    expect(exitCode).toBe(8);
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(stderr).toContain(`refuses the login of "postgres": wrong password.`);
    expect(stderr).toContain('settings: DATABASE_URL');
    // Where the database is was never seen.
    expect(stderr).toContain('failed: nothing was changed\n');
  });

  it('8: a database that does not exist fails at once', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['check'], { env: { DATABASE_URL: `${database.url}_nope` } });
    expect(exitCode).toBe(8);
    expect(stderr).toContain(`${database.name}_nope at 127.0.0.1:${inject('server').port} does not exist.`);
  });

  it('8: an unreachable database is waited for, then named', async () => {
    const { migrate } = await createProject(threeRevisions);
    const { exitCode, stderr } = await migrate(['check', '--wait-for-database', '1s'], {
      env: { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' },
    });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('waiting for the database (try 1)');
    expect(stderr).toContain('The database x at 127.0.0.1:1 cannot be reached: ECONNREFUSED.');
    const impatient = await migrate(['check', '--skip-wait'], {
      env: { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' },
    });
    expect(impatient.exitCode).toBe(8);
    expect(impatient.stderr).not.toContain('waiting');
  });

  it('waits for a database that comes up late', async () => {
    const { startMigrate, database } = await createProject(threeRevisions);
    const { port } = new URL(database.url);
    const late = await freePort();
    const run = startMigrate(['upgrade'], { env: { DATABASE_URL: database.url.replace(`:${port}/`, `:${late}/`) } });
    await run.said('waiting for the database');
    const proxy = createServer((socket) => {
      const upstream = connect(Number(port), '127.0.0.1');
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on('error', () => end.destroy());
    });
    await new Promise<void>((done) => proxy.listen(late, '127.0.0.1', done));
    expect((await run.finished).exitCode).toBe(0);
    proxy.close();
  });

  it('a remote host is refused without TLS unless that is asked for', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const { port, username } = new URL(database.url);
    const env = { DATABASE_URL: `postgres://${username}:x@localhost.localdomain.invalid:${port}/x` };
    const { exitCode, stderr } = await migrate(['check', '--skip-wait'], { env });
    expect(exitCode).toBe(8);
    expect(stderr).toContain('ENOTFOUND');
    const bad = await migrate(['check'], { env: { DATABASE_URL: `${database.url}?sslmode=no-verify` } });
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain('sslmode "no-verify" is not one of PostgreSQL’s.');
    const tls = await migrate(['check'], { env: { DATABASE_URL: `${database.url}?sslmode=verify-full` } });
    expect(tls.exitCode).toBe(8);
    expect(tls.stderr).toContain('speaks no TLS.');
  });

  it.each([
    ['upgrade', 'wrong password', `postgres://postgres:${encodeURIComponent(password)}@HOST/x`],
    ['check', 'no URL at all', `postgres://postgres:${password}@HOST/x`],
    ['current', 'another scheme', `mysql://postgres:${encodeURIComponent(password)}@HOST/x`],
    ['upgrade', 'an unknown host', `postgres://postgres:${encodeURIComponent(password)}@nowhere.invalid/x`],
    ['check', 'a broken secret', `{"username":"x","password":"${password}","host":5}`],
    ['check', 'a secret that is no JSON', `{"username":"x","password":"${password}"`],
    [
      'history',
      'a secret of another engine',
      `{"engine":"mysql","username":"x","password":"${password}","host":"h","dbname":"d"}`,
    ],
  ])('no output of %s holds the password: %s', async (command, _, url) => {
    const { migrate } = await createProject(threeRevisions);
    const server = inject('server');
    const args = command === 'history' ? ['history', '-v'] : [command];
    const { exitCode, stdout, stderr } = await migrate([...args, '--skip-wait', '--verbose'], {
      env: { DATABASE_URL: url.replace('HOST', `127.0.0.1:${server.port}`) },
    });
    expect([2, 8]).toContain(exitCode);
    for (const secretText of [password, encodeURIComponent(password), 'pl4nted', 'w#rd', 'ss%w'])
      expect(stdout + stderr).not.toContain(secretText);
  });
});

function secret(url: URL): string {
  return JSON.stringify({
    username: url.username,
    password: decodeURIComponent(url.password),
    engine: 'postgres',
    host: url.hostname,
    port: Number(url.port),
    dbname: url.pathname.slice(1),
    dbInstanceIdentifier: 'x',
  });
}
