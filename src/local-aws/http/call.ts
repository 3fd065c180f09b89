import type { IncomingHttpHeaders } from 'node:http';

import { AwsError } from '../aws-error.ts';
import { parseJsonParameters } from './json-protocol.ts';
import { parseQueryParameters } from './query-protocol.ts';
import type { ServiceName } from './service-name.ts';

export type Protocol = 'json' | 'query';

/** One API call, before anybody has looked at who makes it or whether its parameters make sense. */
export interface Call {
  readonly protocol: Protocol;
  readonly service: ServiceName;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Prefix of X-Amz-Target by service: `serviceTarget` in the SDK's runtimeConfig, `targetPrefix` in botocore's models. */
const jsonTargets: Readonly<Record<string, ServiceName>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  Logs_20140328: 'logs',
};

/** The API version in a Query call names the service, since all share one port here. */
const queryVersions: Readonly<Record<string, ServiceName>> = {
  '2010-05-15': 'cloudformation',
  '2011-06-15': 'sts',
};

/** Which protocol the sender speaks, so that even a refusal reaches it in a form that it can read. */
export function protocolOf(headers: IncomingHttpHeaders): Protocol {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true ? 'query' : 'json';
}

/** Reads service, operation and parameters from headers and body. @throws AwsError when they name no service of ours. */
export function parseCall(headers: IncomingHttpHeaders, body: Buffer): Call {
  if (protocolOf(headers) === 'query') return parseQueryCall(body);
  const target = String(headers['x-amz-target'] ?? '');
  const [prefix = '', operation = ''] = target.split('.');
  const service = jsonTargets[prefix];
  if (service === undefined || operation === '')
    throw new AwsError('UnknownOperationException', `X-Amz-Target "${target}" names no service of this stand-in.`);
  return { protocol: 'json', service, operation, parameters: parseJsonParameters(body) };
}

function parseQueryCall(body: Buffer): Call {
  const { Action: operation, Version: version, ...parameters } = parseQueryParameters(body);
  if (typeof operation !== 'string')
    throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
  const service = queryVersions[String(version)];
  if (service === undefined)
    throw new AwsError('InvalidAction', `Could not find operation ${operation} for version ${String(version)}.`);
  return { protocol: 'query', service, operation, parameters };
}
