import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CuttingProxy {
  readonly port: number;
  /** Cuts the connection on which the client has just sent something that this matches; `when` before or after it is passed on. */
  readonly cutOn: (pattern: string | RegExp, when: 'before' | 'after') => void;
  /** How many messages of the given protocol type byte have passed from clients. */
  readonly clientChunks: () => number;
}

/** A TCP proxy before PostgreSQL that can cut a connection at a chosen message: the network as it fails, not a mock. */
export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  let cut: { readonly pattern: string | RegExp; readonly when: 'before' | 'after' } | undefined;
  let chunks = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    const destroyBoth = (): void => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (data) => {
      chunks += 1;
      const text = data.toString('latin1');
      const hit =
        cut !== undefined && (typeof cut.pattern === 'string' ? text.includes(cut.pattern) : cut.pattern.test(text));
      if (!hit) return void server.write(data);
      const { when } = cut ?? { when: 'before' };
      cut = undefined;
      if (when === 'before') return destroyBoth();
      // The server gets the message; its answer never arrives.
      client.destroy();
      return void server.write(data, () => setTimeout(() => server.destroy(), 100));
    });
    server.on('data', (data) => client.write(data));
    client.on('close', () => setTimeout(() => server.destroy(), 150));
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return {
    port: (proxy.address() as AddressInfo).port,
    cutOn: (pattern, when) => {
      cut = { pattern, when };
    },
    clientChunks: () => chunks,
  };
}
