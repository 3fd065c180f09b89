import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { findLogGroup, findLogStream, firstAfter, fittingCount, type LogEvent } from './log-store.ts';

/**
 * GetLogEvents (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html). Without a token
 * and without startFromHead it answers the newest page. Tokens are never null; the end is where the same token comes back.
 * A token names the event that it stands at, so an event that arrives late with an older timestamp is behind it.
 */
export const getLogEvents = operation(
  z.strictObject({
    logGroupName: z.optional(z.string()),
    logGroupIdentifier: z.optional(z.string()),
    logStreamName: z.string(),
    startTime: z.optional(z.int()),
    endTime: z.optional(z.int()),
    nextToken: z.optional(z.string()),
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
    startFromHead: z.optional(z.boolean()),
    unmask: z.optional(z.boolean()),
  }),
  (parameters, region) => {
    const stream = findLogStream(findLogGroup(region, parameters), parameters.logStreamName);
    const { startTime = -Infinity, endTime = Infinity, nextToken, startFromHead = false } = parameters;
    const limit = Math.min(parameters.limit ?? 10_000, region.behaviour.logPageSize);
    const everything = parameters.startTime === undefined && parameters.endTime === undefined;
    const inRange = everything
      ? stream.events
      : stream.events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
    const position = parsePosition(nextToken);
    const direction = position?.direction ?? (startFromHead ? 'f' : 'b');
    const page =
      direction === 'f'
        ? pageAfter(inRange, position?.id ?? start, limit)
        : pageBefore(inRange, position?.id ?? end, limit);
    const standing = position?.id ?? (direction === 'f' ? start : (inRange.at(-1)?.id ?? start));
    return {
      events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: `f/${page.at(-1)?.id ?? standing}/s`,
      nextBackwardToken: `b/${page[0]?.id ?? standing}/s`,
    };
  },
);

const start = '0'.repeat(56);
const end = '9'.repeat(56);

interface Position {
  readonly direction: 'f' | 'b';
  readonly id: string;
}

function parsePosition(token: string | undefined): Position | undefined {
  if (token === undefined) return undefined;
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (!match) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return { direction: match[1] as 'f' | 'b', id: match[2] ?? start };
}

function pageAfter(events: readonly LogEvent[], id: string, limit: number): readonly LogEvent[] {
  const rest = events.slice(firstAfter(events, id));
  return rest.slice(0, fittingCount(rest, limit));
}

function pageBefore(events: readonly LogEvent[], id: string, limit: number): readonly LogEvent[] {
  const rest = events.slice(0, firstAfter(events, id));
  if (rest.at(-1)?.id === id) rest.pop();
  return rest.slice(rest.length - fittingCount(rest.toReversed(), limit));
}
