import * as z from 'zod/mini';

import { operation } from '../operation.ts';
import { createLogGroup, createLogStream, findLogGroup } from './log-store.ts';

const name = z.string().check(z.minLength(1), z.maxLength(512));

/** CreateLogGroup. */
export const createLogGroupOperation = operation(
  z.strictObject({
    logGroupName: name.check(z.regex(/^[.\-_/#A-Za-z0-9]+$/)),
    kmsKeyId: z.optional(z.string()),
    tags: z.optional(z.record(z.string(), z.string())),
    logGroupClass: z.optional(z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'])),
    deletionProtectionEnabled: z.optional(z.boolean()),
  }),
  ({ logGroupName }, region) => {
    createLogGroup(region, logGroupName);
    return {};
  },
);

/** CreateLogStream. */
export const createLogStreamOperation = operation(
  z.strictObject({ logGroupName: name, logStreamName: name.check(z.regex(/^[^:*]*$/)) }),
  ({ logGroupName, logStreamName }, region) => {
    createLogStream(region, findLogGroup(region, { logGroupName }), logStreamName);
    return {};
  },
);
