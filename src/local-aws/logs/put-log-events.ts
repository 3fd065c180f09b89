import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { appendLogEvents, findLogGroup, findLogStream } from './log-store.ts';

const name = z.string().check(z.minLength(1), z.maxLength(512));

const dayMs = 86_400_000;

/**
 * PutLogEvents, as Docker's own awslogs driver calls it: in order of time, at most 10,000 events and 1 MB
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
 */
export const putLogEvents = operation(
  z.strictObject({
    logGroupName: name,
    logStreamName: name,
    logEvents: z
      .array(z.strictObject({ timestamp: z.int(), message: z.string().check(z.minLength(1)) }))
      .check(z.minLength(1), z.maxLength(10_000)),
    sequenceToken: z.optional(z.string()),
    entity: z.optional(z.unknown()),
  }),
  ({ logGroupName, logStreamName, logEvents }, region) => {
    const stream = findLogStream(findLogGroup(region, { logGroupName }), logStreamName);
    if (logEvents.some(({ timestamp }, index) => timestamp < (logEvents[index - 1]?.timestamp ?? 0)))
      throw new AwsError(
        'InvalidParameterException',
        'Log events in a single PutLogEvents request must be in chronological order.',
      );
    const bytes = logEvents.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
    if (bytes > 1_048_576)
      throw new AwsError('InvalidParameterException', `Upload too large: ${bytes} bytes exceeds limit of 1048576`);
    const now = region.now();
    const tooOld = logEvents.filter(({ timestamp }) => timestamp < now - 14 * dayMs).length;
    const tooNew = logEvents.findIndex(({ timestamp }) => timestamp > now + dayMs / 12);
    appendLogEvents(stream, logEvents.slice(tooOld, tooNew === -1 ? undefined : tooNew), now);
    const rejected = {
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
    };
    return {
      // Sequence tokens are no longer checked (2023-01), only still sent.
      nextSequenceToken: '49536701251539826331025683274032969384950891766572122113',
      ...(tooOld > 0 || tooNew >= 0 ? { rejectedLogEventsInfo: rejected } : {}),
    };
  },
);
