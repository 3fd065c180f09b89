import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { findLogGroup, findLogStream, fittingCount, type LogEvent, type LogGroup } from './log-store.ts';

/**
 * FilterLogEvents (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html), which
 * `aws logs tail` uses: the events of several streams, interleaved by timestamp; the end is where no token comes back.
 * Of the filter patterns only plain terms are known (every term must occur).
 */
export const filterLogEvents = operation(
  z.strictObject({
    logGroupName: z.optional(z.string()),
    logGroupIdentifier: z.optional(z.string()),
    logStreamNames: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(100))),
    logStreamNamePrefix: z.optional(z.string().check(z.minLength(1))),
    startTime: z.optional(z.int()),
    endTime: z.optional(z.int()),
    filterPattern: z.optional(z.string()),
    nextToken: z.optional(z.string()),
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
    startFromHead: z.optional(z.boolean()),
    interleaved: z.optional(z.boolean()),
    unmask: z.optional(z.boolean()),
  }),
  (parameters, region) => {
    const group = findLogGroup(region, parameters);
    const { startTime = -Infinity, endTime = Infinity, nextToken } = parameters;
    const after = parseToken(nextToken);
    const matches = patternMatcher(parameters.filterPattern);
    const found = streamsToSearch(group, parameters)
      .flatMap((stream) => stream.events.map((event) => ({ ...event, logStreamName: stream.name })))
      // Both ends count: AWS leaves out only what is *after* endTime here.
      .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
      .filter(({ id, message }) => id > after && matches(message))
      .toSorted((left, right) => (left.id < right.id ? -1 : 1));
    const limit = Math.min(parameters.limit ?? 10_000, region.behaviour.logPageSize);
    const page = found.slice(0, fittingCount(found, limit));
    const last = page.at(-1);
    return {
      events: page.map(({ id, ...event }) => ({ ...event, eventId: id })),
      searchedLogStreams: [],
      ...(last && page.length < found.length
        ? { nextToken: Buffer.from(`after:${last.id}`).toString('base64url') }
        : {}),
    };
  },
);

function streamsToSearch(
  group: LogGroup,
  {
    logStreamNames,
    logStreamNamePrefix,
  }: { logStreamNames?: string[] | undefined; logStreamNamePrefix?: string | undefined },
): { readonly name: string; readonly events: readonly LogEvent[] }[] {
  if (logStreamNames && logStreamNamePrefix !== undefined)
    throw new AwsError('InvalidParameterException', 'LogStreamNames and LogStreamNamePrefix cannot both be specified.');
  if (logStreamNames) return logStreamNames.map((name) => findLogStream(group, name));
  return [...group.streams.values()].filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ''));
}

function parseToken(token: string | undefined): string {
  if (token === undefined) return '';
  const match = /^after:(\d{56})$/.exec(Buffer.from(token, 'base64url').toString());
  if (!match) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return match[1] ?? '';
}

function patternMatcher(pattern = ''): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern) || /(?:^|\s)[?-]/.test(pattern))
    throw new AwsError('InvalidParameterException', 'Invalid filter pattern: this stand-in knows plain terms only.');
  const terms = [...pattern.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
  return (message) => terms.every((term) => message.includes(term));
}
