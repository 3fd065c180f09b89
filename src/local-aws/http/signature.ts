import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { AccessKey } from '../account.ts';
import { AwsError } from '../aws-error.ts';
import type { Protocol } from './call.ts';
import type { ServiceName } from './service-name.ts';

export interface Caller {
  readonly accessKeyId: string;
  /** From the credential scope: where the caller believes to be. */
  readonly region: string;
}

/**
 * Who signed the request, checked as AWS checks it (Signature Version 4,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
 * @throws AwsError with the code of the protocol: missing, unknown, or not matching credentials.
 */
export function authenticate(
  request: IncomingMessage,
  body: Buffer,
  {
    accessKeys,
    protocol,
    service,
  }: { accessKeys: Readonly<Record<string, AccessKey>>; protocol: Protocol; service: ServiceName },
): Caller {
  const names = errorNames[protocol];
  const header = request.headers.authorization;
  if (header === undefined) throw new AwsError(names.missing, 'Missing Authentication Token', { status: 403 });
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (!match) throw new AwsError(names.incomplete, 'Authorization header requires valid credentials and signature.');
  const [, accessKeyId = '', date = '', region = '', scopeService = '', signedHeaders = '', signature = ''] = match;
  const key = Object.hasOwn(accessKeys, accessKeyId) ? accessKeys[accessKeyId] : undefined;
  if (!key || (key.sessionToken ?? undefined) !== request.headers['x-amz-security-token'])
    throw new AwsError(names.unknown, 'The security token included in the request is invalid.', { status: 403 });
  if (scopeService !== service)
    throw new AwsError(names.mismatch, `Credential should be scoped to correct service: '${service}'. `, {
      status: 403,
    });
  const scope = `${date}/${region}/${scopeService}/aws4_request`;
  const toSign = [
    'AWS4-HMAC-SHA256',
    String(request.headers['x-amz-date'] ?? ''),
    scope,
    sha256(canonicalRequest(request, body, signedHeaders)),
  ].join('\n');
  const signingKey = [date, region, scopeService, 'aws4_request'].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    Buffer.from(`AWS4${key.secretAccessKey}`),
  );
  if (!timingSafeEqual(hmac(signingKey, toSign), Buffer.from(signature, 'hex')))
    throw new AwsError(
      names.mismatch,
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      { status: 403 },
    );
  return { accessKeyId, region };
}

const errorNames = {
  json: {
    missing: 'MissingAuthenticationTokenException',
    incomplete: 'IncompleteSignatureException',
    unknown: 'UnrecognizedClientException',
    mismatch: 'InvalidSignatureException',
  },
  query: {
    missing: 'MissingAuthenticationToken',
    incomplete: 'IncompleteSignature',
    unknown: 'InvalidClientTokenId',
    mismatch: 'SignatureDoesNotMatch',
  },
} as const;

function canonicalRequest(request: IncomingMessage, body: Buffer, signedHeaders: string): string {
  const headers = signedHeaders.split(';').map((name) => {
    const value = request.headers[name] ?? '';
    return `${name}:${String(value).trim().replace(/ +/g, ' ')}\n`;
  });
  // Every operation of ours is a POST to / without a query string.
  return [request.method, '/', '', headers.join(''), signedHeaders, sha256(body)].join('\n');
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
