import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** How often the client spoke after the server had: round trips, whatever they carried. */
  readonly roundTrips: () => number;
  readonly close: () => Promise<void>;
}

/** A TCP proxy in front of a server that holds every chunk back for `delayMs` each way and counts the round trips. */
export async function startProxy(
  target: { readonly host: string; readonly port: number },
  delayMs: number,
): Promise<Proxy> {
  let trips = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    let serverSpoke = true;
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    const forward = (from: Socket, to: Socket, seen: () => void): void => {
      from.on('data', (chunk) => {
        seen();
        if (delayMs === 0) to.write(chunk);
        else setTimeout(() => to.writable && to.write(chunk), delayMs);
      });
      from.on('end', () => setTimeout(() => to.end(), delayMs));
    };
    forward(client, upstream, () => {
      if (serverSpoke) trips += 1;
      serverSpoke = false;
    });
    forward(upstream, client, () => {
      serverSpoke = true;
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => trips,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
