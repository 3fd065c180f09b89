import { execFile, spawnSync } from 'node:child_process';
import { createServer, connect, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import type { ConnectionSettings } from '../../src/runner/database/connection/connection-settings.ts';

const [, ownVersion = ''] =
  /(\d+)\./.exec(spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? [];

/** Whether this machine has a pg_dump of a version that knows what the tests' server, version 16, holds. */
export const canDump = Number(ownVersion) >= 15;

/** The schema as PostgreSQL's own program sees it: its entries, each with its lines, in an order that tells nothing. */
export async function dumpSchema({
  host,
  port,
  user,
  password,
  database,
}: ConnectionSettings): Promise<readonly string[]> {
  return withYoungerServer({ host, port }, async (proxyPort) => {
    const { stdout } = await promisify(execFile)(
      'pg_dump',
      ['--schema-only', '--no-owner', '-h', '127.0.0.1', '-p', String(proxyPort), '-U', user, database],
      {
        env: {
          ...process.env,
          PGPASSWORD: typeof password === 'string' ? password : '',
          PGSSLMODE: 'disable',
          PGGSSENCMODE: 'disable',
        },
        maxBuffer: 64 * 1_024 * 1_024,
      },
    );
    return stdout
      .split(/\n(?=--\n-- Name: )/)
      .map(entryOf)
      .toSorted();
  });
}

/** The order of columns and of options is nobody's promise. */
function entryOf(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '' && !/^(--|\\(un)?restrict )/.test(line));
  return lines
    .map((line) =>
      line
        .replace(/,$/, '')
        .replace(/\bWITH \(([^)]*)\)/, (_, options: string) => `WITH (${options.split(', ').toSorted().join(', ')})`),
    )
    .toSorted()
    .join('\n');
}

/**
 * pg_dump refuses a server that is newer than itself, though Debian's 15 reads a 16 all right: behind this proxy the server
 * says that it is as old as pg_dump.
 */
async function withYoungerServer<T>(
  { host, port }: Pick<ConnectionSettings, 'host' | 'port'>,
  work: (port: number) => Promise<T>,
): Promise<T> {
  const proxy = createServer((client) => {
    const server = connect({ host, port });
    client.pipe(server);
    server.on('data', (data) => client.write(Buffer.from(asOwnVersion(data.toString('latin1')), 'latin1')));
    server.on('end', () => client.end());
    for (const socket of [client, server]) socket.on('error', () => [client, server].forEach((end) => end.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    return await work((proxy.address() as AddressInfo).port);
  } finally {
    proxy.close();
  }
}

/** The message ParameterStatus; both versions have two digits, so that its length stays. */
function asOwnVersion(data: string): string {
  return data.replace(/server_version\0(\d\d)/, (status, version: string) =>
    Number(version) > Number(ownVersion) ? `server_version\0${ownVersion}` : status,
  );
}
