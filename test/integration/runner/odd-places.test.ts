import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import { onServer } from '../../support/database.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';

const atHead = '20260101000003_index_email (head)\n';

describe('a server behind', () => {
  it('a Unix socket is reached by PGHOST, and by both spellings of a URL', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const folder = await mkdtemp(join(tmpdir(), 'wumbo-socket-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { username, password, port } = new URL(database.url);
    await leadTo(Number(port), { path: join(folder, '.s.PGSQL.5433') });
    const variables = {
      DATABASE_URL: '',
      PGHOST: folder,
      PGPORT: '5433',
      PGUSER: username,
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: database.name,
    };
    const up = await migrate(['upgrade'], { env: variables });
    expect(up.stderr).toContain(`on ${database.name} at ${folder}`);
    expect(up.exitCode).toBe(0);
    for (const url of [
      `postgres://${username}:${password}@/${database.name}?host=${folder}&port=5433`,
      `postgres://${username}:${password}@${encodeURIComponent(folder)}:5433/${database.name}`,
    ])
      expect(await migrate(['current'], { env: { DATABASE_URL: url } })).toMatchObject({ stdout: atHead, stderr: '' });
  });

  it('an IPv6 address is reached by a URL and by PGHOST', async () => {
    const { migrate, database } = await createProject(threeRevisions);
    const { username, password, port } = new URL(database.url);
    const proxy = await leadTo(Number(port), { host: '::1', port: 0 });
    const { port: v6 } = proxy.address() as { port: number };
    const url = `postgres://${username}:${password}@[::1]:${v6}/${database.name}`;
    expect(await migrate(['upgrade'], { env: { DATABASE_URL: url } })).toMatchObject({ exitCode: 0 });
    const variables = {
      DATABASE_URL: '',
      PGHOST: '::1',
      PGPORT: String(v6),
      PGUSER: username,
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: database.name,
    };
    expect(await migrate(['current'], { env: variables })).toMatchObject({ stdout: atHead, stderr: '' });
  });
});

describe('a database with an odd name', () => {
  it.each(['my db', 'we"ird', 'schön ☃', 'a%20b', "x/y?z#w it's"])('%s: up, down, doctor and --sql', async (odd) => {
    const { migrate, database } = await createProject(threeRevisions);
    const name = `${odd} ${database.name}`;
    const quoted = `"${name.replaceAll('"', '""')}"`;
    await onServer((client) => client.query(`CREATE DATABASE ${quoted}`));
    const url = new URL(database.url);
    url.pathname = `/${encodeURIComponent(name)}`;
    const env = { DATABASE_URL: url.href };
    try {
      expect((await migrate(['upgrade'], { env })).stderr).toContain(`on ${name} at`);
      expect(await migrate(['current'], { env })).toMatchObject({ stdout: atHead });
      expect(await migrate(['doctor'], { env })).toMatchObject({ exitCode: 0 });
      expect((await migrate(['downgrade', '-1', '--sql'], { env })).stdout).toContain('DROP INDEX accounts_email');
      expect(await migrate(['downgrade', 'base'], { env })).toMatchObject({ exitCode: 0 });
    } finally {
      await onServer((client) => client.query(`DROP DATABASE ${quoted} WITH (FORCE)`));
    }
  });
});

/** A door to the server at another place. */
async function leadTo(serverPort: number, place: ListenOptions): Promise<Server> {
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((done) => proxy.listen(place, done));
  onTestFinished(() => void proxy.close());
  return proxy;
}
