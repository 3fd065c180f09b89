import { createHash, createHmac } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import type { Certificate } from './certificates.ts';

/** What RDS does before PostgreSQL sees a connection of a user with `rds_iam`: TLS only, and a token as the password. */
export interface IamFront {
  readonly port: number;
  /** Every token that was shown, in order. */
  readonly tokens: readonly string[];
  readonly close: () => Promise<void>;
}

export interface IamFrontOptions {
  readonly tls: Certificate;
  /** The server behind, which trusts what comes through here. */
  readonly upstreamPort: number;
  readonly host: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const sslRequest = 80_877_103;
const askForPassword = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

export async function startIamFront(options: IamFrontOptions): Promise<IamFront> {
  const tokens: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (request) => {
      if (request.readInt32BE(4) !== sslRequest) return void socket.end(refusal('no encryption'));
      socket.write('S');
      const { certificate, key } = options.tls;
      void logIn(new TLSSocket(socket, { isServer: true, cert: certificate, key }), options, tokens);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { port, tokens, close: () => new Promise((done) => server.close(() => done())) };

  async function logIn(client: TLSSocket, front: IamFrontOptions, shown: string[]): Promise<void> {
    client.on('error', () => client.destroy());
    const startup = await next(client);
    const user = /user\0([^\0]+)/.exec(startup.toString('latin1'))?.[1] ?? '';
    client.write(askForPassword);
    const token = (await next(client)).subarray(5).toString().replace(/\0$/, '');
    shown.push(token);
    const problem = problemOf(token, { ...front, port, user, now: Date.now() });
    if (problem !== undefined) return void client.end(refusal(`PAM authentication failed for user "${user}"`));
    const upstream = connect(front.upstreamPort, '127.0.0.1');
    upstream.on('error', () => client.destroy());
    upstream.write(startup);
    upstream.pipe(client).pipe(upstream);
  }
}

function next(socket: Socket): Promise<Buffer> {
  return new Promise((done) => socket.once('data', done));
}

function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C28000\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

interface Expectation extends Omit<IamFrontOptions, 'tls' | 'upstreamPort'> {
  readonly port: number;
  readonly user: string;
  readonly now: number;
}

/**
 * Why a token does not prove the user, signed again with the secret key as AWS would
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html, with the parameters in the query string).
 */
export function problemOf(token: string, expected: Expectation): string | undefined {
  const { host, port, region, user, credentials, now } = expected;
  if (!token.startsWith(`${host}:${port}/?`)) return 'another host or port';
  const query = new URL(`https://${token}`).searchParams;
  const at = query.get('X-Amz-Date') ?? '';
  const scope = `${at.slice(0, 8)}/${region}/rds-db/aws4_request`;
  if (query.get('Action') !== 'connect' || query.get('DBUser') !== user) return 'another action or user';
  if (query.get('X-Amz-Credential') !== `${credentials.accessKeyId}/${scope}`) return 'another credential';
  const signedAt = Date.parse(at.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (query.get('X-Amz-Expires') !== '900' || Math.abs(now - signedAt) > 900_000) return 'not fresh';
  const canonical = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map((pair) => pair.map((text) => encodeURIComponent(text)).join('='))
    .toSorted()
    .join('&');
  const request = ['GET', '/', canonical, `host:${host}:${port}`, '', 'host', sha256('')].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(request)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${credentials.secretAccessKey}`,
    );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  return query.get('X-Amz-Signature') === signature ? undefined : 'another signature';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
