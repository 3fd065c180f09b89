import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Sender = 'client' | 'server';

/** A TCP proxy before PostgreSQL that counts the protocol's messages over all connections and can cut at any of them. */
export interface MessageProxy {
  readonly port: number;
  /** From now on: the k-th message (from 1) of this sender never arrives, and its connection is cut. */
  readonly cutAt: (sender: Sender, k: number) => void;
  /** In the next simple query that holds this text, the server finds the other one in its place. */
  readonly replaceInQuery: (text: string, other: string) => void;
  /** How often a client waited: it sent something after the server had answered, or first of all. */
  readonly bursts: () => number;
  readonly counted: () => Readonly<Record<Sender, number>>;
  readonly close: () => void;
}

export async function startMessageProxy(serverPort: number): Promise<MessageProxy> {
  let cut: { readonly sender: Sender; readonly k: number } | undefined;
  let replaced: { readonly text: string; readonly by: string } | undefined;
  let bursts = 0;
  let counted: Record<Sender, number> = { client: 0, server: 0 };
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    let lastSender: Sender = 'server';
    const pass = (sender: Sender, to: Socket): ((data: Buffer) => void) => {
      const messages = createMessageReader(sender === 'client');
      return (data) => {
        if (sender === 'client' && lastSender === 'server') bursts += 1;
        lastSender = sender;
        for (const message of messages(data)) {
          counted[sender] += 1;
          if (cut?.sender === sender && cut.k === counted[sender]) {
            cut = undefined;
            client.destroy();
            server.destroy();
            return;
          }
          if (sender === 'client' && replaced && message[0] === 0x51 && message.includes(replaced.text)) {
            const { text, by } = replaced;
            to.write(
              simpleQuery(
                message
                  .subarray(5, -1)
                  .toString()
                  .replace(text, () => by),
              ),
            );
            replaced = undefined;
          } else {
            to.write(message);
          }
        }
      };
    };
    client.on('data', pass('client', server));
    server.on('data', pass('server', client));
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    port: (proxy.address() as AddressInfo).port,
    cutAt: (sender, k) => {
      counted = { client: 0, server: 0 };
      cut = { sender, k };
    },
    replaceInQuery: (text, other) => {
      replaced = { text, by: other };
    },
    bursts: () => bursts,
    counted: () => ({ ...counted }),
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}

function simpleQuery(text: string): Buffer {
  const head = Buffer.from('Q\0\0\0\0');
  const body = Buffer.from(`${text}\0`);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Whole messages out of chunks: a type byte and a length that counts itself; a client's first message has no type. */
function createMessageReader(firstHasNoType: boolean): (data: Buffer) => readonly Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  let typeBytes = firstHasNoType ? 0 : 1;
  return (data) => {
    rest = Buffer.concat([rest, data]);
    const messages: Buffer[] = [];
    while (rest.length >= typeBytes + 4) {
      const length = typeBytes + rest.readUInt32BE(typeBytes);
      if (rest.length < length) break;
      messages.push(rest.subarray(0, length));
      rest = rest.subarray(length);
      typeBytes = 1;
    }
    return messages;
  };
}
