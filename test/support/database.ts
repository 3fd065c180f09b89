import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';

/** A database of this test alone, on the real server. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Runs SQL as the superuser and answers the rows of its (last) statement. */
  readonly query: <Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** A connection that stays open until the test has finished. */
  readonly connect: () => Promise<pg.Client>;
  /** Drops it before the test has finished. */
  readonly drop: () => Promise<void>;
}

/** Makes an empty database, or a copy of one that nobody is connected to; it is dropped when the test has finished. */
export async function createDatabase({ template = 'template1' } = {}): Promise<TestDatabase> {
  const server = inject('server');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const clients: pg.Client[] = [];
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ ...server, database: name, application_name: 'test' });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  let shared: Promise<pg.Client> | undefined;
  const drop = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    await onServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  onTestFinished(drop);
  return {
    name,
    url: `postgres://${server.user}:${encodeURIComponent(server.password)}@${server.host}:${server.port}/${name}`,
    connect,
    drop,
    query: async <Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]) => {
      shared ??= connect();
      const result = await (await shared).query<Row>(sql, values === undefined ? undefined : [...values]);
      return (Array.isArray(result) ? (result as pg.QueryResult<Row>[]).at(-1) : result)?.rows ?? [];
    },
  };
}

/** Runs work as the superuser in the server's own database. */
export async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...inject('server'), database: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
