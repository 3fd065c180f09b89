import type { ServerResponse } from 'node:http';

import { AwsError } from '../aws-error.ts';

/**
 * AWS JSON 1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html): POST /, X-Amz-Target, a JSON object each way.
 * Null members are as good as absent, as AWS's own parsers hold it.
 */
export function parseJsonParameters(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8') || '{}', (_, member: unknown) => (member === null ? undefined : member));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  return value as Readonly<Record<string, unknown>>;
}

export function writeJsonAnswer(response: ServerResponse, requestId: string, answer: object): void {
  writeJson(response, 200, requestId, answer);
}

export function writeJsonError(response: ServerResponse, requestId: string, error: AwsError): void {
  response.setHeader('x-amzn-ErrorType', error.type);
  writeJson(response, error.status, requestId, { __type: error.type, message: error.message, ...error.members });
}

/** The answer's first half, under a header that promises all of it, and then nothing more. */
export function writeHalfAnswer(response: ServerResponse, requestId: string, answer: object): void {
  const body = Buffer.from(JSON.stringify(answer));
  response.writeHead(200, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': body.length,
    'x-amzn-RequestId': requestId,
  });
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
}

function writeJson(response: ServerResponse, status: number, requestId: string, value: object): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': body.length,
    'x-amzn-RequestId': requestId,
  });
  response.end(body);
}
