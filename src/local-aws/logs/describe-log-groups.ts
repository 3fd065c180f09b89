import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';

const invalidType = 'InvalidParameterException';

/** DescribeLogGroups: by prefix or by part of the name, sorted by name, 50 to a page. */
export const describeLogGroups = operation(
  z.strictObject({
    accountIdentifiers: z.optional(z.array(z.string())),
    logGroupNamePrefix: z.optional(z.string()),
    logGroupNamePattern: z.optional(z.string()),
    nextToken: z.optional(z.string()),
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(50))),
    includeLinkedAccounts: z.optional(z.boolean()),
    logGroupClass: z.optional(z.string()),
    logGroupIdentifiers: z.optional(z.array(z.string())),
  }),
  ({ logGroupNamePrefix: prefix, logGroupNamePattern: pattern, nextToken, limit = 50 }, region) => {
    if (prefix !== undefined && pattern !== undefined)
      throw new AwsError(
        invalidType,
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    const groups = [...region.logGroups.values()]
      .filter(({ name }) => name.startsWith(prefix ?? '') && name.toLowerCase().includes(pattern?.toLowerCase() ?? ''))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1));
    const page = pageOf(groups, { token: nextToken, size: limit, invalidType });
    return {
      logGroups: page.items.map(({ name, arn, createdAt }) => ({
        logGroupName: name,
        creationTime: createdAt,
        metricFilterCount: 0,
        arn: `${arn}:*`,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: arn,
      })),
      nextToken: page.nextToken,
    };
  },
);
