import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';
import { findLogGroup, type LogStream } from './log-store.ts';

const invalidType = 'InvalidParameterException';

/** DescribeLogStreams: of one group, by name or by last event, 50 to a page. */
export const describeLogStreams = operation(
  z.strictObject({
    logGroupName: z.optional(z.string()),
    logGroupIdentifier: z.optional(z.string()),
    logStreamNamePrefix: z.optional(z.string()),
    orderBy: z.optional(z.enum(['LogStreamName', 'LastEventTime'])),
    descending: z.optional(z.boolean()),
    nextToken: z.optional(z.string()),
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(50))),
  }),
  (parameters, region) => {
    const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending = false, limit = 50 } = parameters;
    if (orderBy === 'LastEventTime' && prefix !== undefined)
      throw new AwsError(invalidType, 'Cannot order by LastEventTime with a logStreamNamePrefix.');
    const group = findLogGroup(region, parameters);
    const streams = [...group.streams.values()]
      .filter(({ name }) => name.startsWith(prefix ?? ''))
      .toSorted((left, right) =>
        orderBy === 'LastEventTime'
          ? lastTimestamp(left) - lastTimestamp(right)
          : left.name.localeCompare(right.name, 'en'),
      );
    const ordered = descending ? streams.toReversed() : streams;
    const page = pageOf(ordered, { token: parameters.nextToken, size: limit, invalidType });
    return { logStreams: page.items.map((stream) => describeStream(stream)), nextToken: page.nextToken };
  },
);

function lastTimestamp({ events, createdAt }: LogStream): number {
  return events.at(-1)?.timestamp ?? createdAt;
}

function describeStream({ name, arn, createdAt, events }: LogStream): object {
  const last = events.at(-1);
  return {
    logStreamName: name,
    creationTime: createdAt,
    ...(last
      ? {
          firstEventTimestamp: events[0]?.timestamp,
          lastEventTimestamp: last.timestamp,
          lastIngestionTime: last.ingestionTime,
        }
      : {}),
    arn,
    storedBytes: 0,
  };
}
