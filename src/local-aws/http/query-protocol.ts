import type { ServerResponse } from 'node:http';

import type { AwsError } from '../aws-error.ts';
import type { ServiceName } from './service-name.ts';

/** AWS Query (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html): a form each way in, XML out. Only scalars are asked of us. */
export function parseQueryParameters(body: Buffer): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
}

const namespaces: Partial<Record<ServiceName, string>> = {
  cloudformation: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
};

export function writeQueryAnswer(
  response: ServerResponse,
  requestId: string,
  { service, operation, answer }: { service: ServiceName; operation: string; answer: object },
): void {
  const content = element(`${operation}Result`, answer) + element('ResponseMetadata', { RequestId: requestId });
  const namespace = namespaces[service] ?? '';
  writeXml(response, 200, requestId, `<${operation}Response xmlns="${namespace}">${content}</${operation}Response>`);
}

export function writeQueryError(response: ServerResponse, requestId: string, error: AwsError): void {
  const details = { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.type, Message: error.message };
  const content = element('Error', { ...details, ...error.members }) + element('RequestId', requestId);
  writeXml(response, error.status, requestId, `<ErrorResponse>${content}</ErrorResponse>`);
}

function writeXml(response: ServerResponse, status: number, requestId: string, xml: string): void {
  const body = Buffer.from(xml);
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': body.length,
    'x-amzn-RequestId': requestId,
  });
  response.end(body);
}

/** One element with its content: lists become `<member>` elements, dates ISO 8601, absent values nothing at all. */
function element(name: string, value: unknown): string {
  if (value === undefined) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => element('member', item)).join('');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, member]) => element(name, member))
      .join('');
  return escaped(String(value));
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
