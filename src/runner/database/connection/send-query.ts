import type { Duplex } from 'node:stream';
import pg from 'pg';

import type { Session } from './session.ts';

/** Bytes for the server, as many as promised, in chunks that may be reused once the next one is asked for. */
export interface Payload {
  readonly length: number;
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface SimpleQuery {
  readonly text: string | Payload;
  /** What a `COPY … FROM stdin` reads; the query must be that statement alone. */
  readonly copyData?: Payload;
  /** Told the tag of each statement that is done, `INSERT 0 1`; of a failed query only those before the failure. */
  readonly onStatementDone?: (tag: string) => void;
  /** Told each row that is answered; without it they are thrown away. */
  readonly onRow?: (fields: AnsweredRow) => unknown;
}

/** A row as the protocol carries it: text, or NULL. */
export type AnsweredRow = readonly (string | null)[];

/** The parts of node-postgres' connection (8.23.1, lib/connection.js) that send what it has no function for. */
interface Connection {
  readonly stream: Duplex;
  readonly query: (text: string) => void;
  readonly endCopyFrom: () => void;
  readonly sendCopyFail: (reason: string) => void;
}

/**
 * Sends a simple query (protocol documentation, "Simple Query", "COPY Operations") without ever holding all of its text, its
 * data or the rows that it answers.
 * @throws the server's error; what reading the payloads throws: the connection is of no use any more when that was the text.
 */
export function sendQuery(session: Session, { text, copyData, onStatementDone, onRow }: SimpleQuery): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let unreadable: Error | undefined;
    const send = async (
      { length, chunks }: Payload,
      { stream }: Connection,
      write: (chunk: Uint8Array) => Promise<void>,
    ): Promise<void> => {
      let left = length;
      for await (const chunk of chunks) {
        left -= chunk.length;
        if (isOver || !stream.writable) return;
        await write(chunk);
      }
      if (left !== 0) throw new Error('the text has another length than a moment ago');
    };
    const sendText = async (connection: Connection): Promise<void> => {
      if (typeof text === 'string') return connection.query(text);
      const { stream } = connection;
      // The length counts itself and the zero at the end.
      stream.write(messageHead('Q', text.length + 1));
      await send(text, connection, (chunk) => written(stream, chunk));
      if (stream.writable) stream.write(Uint8Array.of(0));
    };
    const sendData = async (connection: Connection, data: Payload): Promise<void> => {
      const { stream } = connection;
      await send(data, connection, (chunk) => {
        stream.cork();
        stream.write(messageHead('d', chunk.length));
        const done = written(stream, chunk);
        stream.uncork();
        return done;
      });
      if (!isOver) connection.endCopyFrom();
    };
    const query = Object.assign(new pg.Query(''), {
      callback: (error: Error | null) => {
        isOver = true;
        if (error) reject(unreadable ?? error);
        else resolve();
      },
      submit: (connection: Connection) => {
        sendText(connection).catch((error: Error) => {
          unreadable = error;
          connection.stream.destroy();
        });
      },
      handleCopyInResponse: (connection: Connection) => {
        if (!copyData) return connection.sendCopyFail('there are no data for it');
        sendData(connection, copyData).catch((error: Error) => {
          unreadable = error;
          connection.sendCopyFail('the data cannot be read');
        });
      },
      handleRowDescription: () => undefined,
      handleDataRow: ({ fields }: { readonly fields: AnsweredRow }) => onRow?.(fields),
      handleCommandComplete: ({ text: tag }: { readonly text: string }) => onStatementDone?.(tag),
    });
    session.query(query as unknown as pg.Submittable);
  });
}

export function payloadOf(text: string): Payload {
  const bytes = Buffer.from(text);
  return { length: bytes.length, chunks: [bytes] };
}

function messageHead(type: 'Q' | 'd', length: number): Buffer {
  const head = Buffer.alloc(5, type);
  head.writeUInt32BE(length + 4, 1);
  return head;
}

/** Resolves when the system has taken the chunk, or will never. */
function written(stream: Duplex, chunk: Uint8Array): Promise<void> {
  return new Promise((done) => {
    stream.write(chunk, () => done());
  });
}
