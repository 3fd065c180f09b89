import * as z from 'zod/mini';

import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';

/** ListTaskDefinitions: ARNs by family and revision, 100 to a page. */
export const listTaskDefinitions = operation(
  z.strictObject({
    familyPrefix: z.optional(z.string()),
    status: z.optional(z.enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS'])),
    sort: z.optional(z.enum(['ASC', 'DESC'])),
    nextToken: z.optional(z.string()),
    maxResults: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
  }),
  ({ familyPrefix, status = 'ACTIVE', sort = 'ASC', nextToken, maxResults = 100 }, region) => {
    const found = region.taskDefinitions
      // Despite its name the parameter is the whole family name.
      .filter(({ family, status: own }) => (familyPrefix === undefined || family === familyPrefix) && own === status)
      .toSorted((left, right) => left.family.localeCompare(right.family) || left.revision - right.revision)
      .map(({ arn }) => arn);
    const sorted = sort === 'ASC' ? found : found.toReversed();
    const page = pageOf(sorted, { token: nextToken, size: maxResults, invalidType: 'InvalidParameterException' });
    return { taskDefinitionArns: page.items, nextToken: page.nextToken };
  },
);
