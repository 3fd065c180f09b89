import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

import type { Session } from '../connection/session.ts';

export interface ConnectionWatch {
  /** Runs the script so that the connections that it opens are known as its own. */
  readonly around: <T>(script: () => Promise<T>) => Promise<T>;
  /**
   * What to say of connections to the session's server that the script opened itself; `undefined` when it opened none.
   * @throws Error when one of them is still at work, or inside a transaction.
   */
  readonly judge: () => Promise<string | undefined>;
  readonly release: () => void;
}

interface Seen {
  readonly socket: Socket;
  /** `address:port` of the other end and the port of ours, known once it is connected. */
  peer?: string | undefined;
  localPort?: number | undefined;
}

/** Of which script the code that runs now is a part. */
const insideScript = new AsyncLocalStorage<Seen[]>();

/** Node tells of every client socket: https://nodejs.org/api/diagnostics_channel.html#net */
const channel = 'net.client.socket';

/**
 * Watches for a pool or client that a script opens by itself: what it does there is no part of the revision's transaction. A
 * server behind a Unix socket is not recognised.
 */
export function watchOwnConnections(session: Session): ConnectionWatch {
  const opened: Seen[] = [];
  const note = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    if (insideScript.getStore() !== opened) return;
    const seen: Seen = { socket };
    opened.push(seen);
    socket.once('connect', () => Object.assign(seen, { peer: peerOf(socket), localPort: socket.localPort }));
  };
  subscribe(channel, note);
  return {
    around: (script) => insideScript.run(opened, script),
    judge: async () => {
      const server = peerOf(streamOf(session));
      const own = opened.filter(({ peer }) => peer !== undefined && peer === server);
      if (own.length === 0) return undefined;
      const open = own.filter(({ socket }) => !socket.destroyed).flatMap(({ localPort }) => localPort ?? []);
      const busy = open.length > 0 ? await busyState(session, open) : undefined;
      if (busy !== undefined)
        throw new Error(
          `a connection that it opened itself is still at work (${busy}): await and close it, or use the sql or client that it is given`,
        );
      return 'It opened a connection of its own to this server: what it does there is no part of its transaction, and stays when that is rolled back. Use the sql or client that it is given.';
    },
    release: () => void unsubscribe(channel, note),
  };
}

/** The state of one of these clients' sessions that has not come to rest; `undefined` too when the server does not tell. */
async function busyState(session: Session, clientPorts: readonly number[]): Promise<string | undefined> {
  const { rows } = await session
    .query<{ state: string }>(
      `SELECT state FROM pg_catalog.pg_stat_activity
     WHERE client_port OPERATOR(pg_catalog.=) ANY ($1::int[]) AND state OPERATOR(pg_catalog.<>) 'idle'
       AND client_addr OPERATOR(pg_catalog.=) (SELECT client_addr FROM pg_catalog.pg_stat_activity
                                               WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())`,
      [clientPorts],
    )
    .catch(() => ({ rows: [] }));
  return rows[0]?.state;
}

function streamOf(session: Session): Socket | undefined {
  return (session as unknown as { connection?: { stream?: Socket } }).connection?.stream;
}

function peerOf(socket: Socket | undefined): string | undefined {
  if (socket?.remoteAddress === undefined) return undefined;
  return `${socket.remoteAddress.replace(/^::ffff:/, '')}:${socket.remotePort ?? 0}`;
}
