import * as z from 'zod/mini';

import { operation } from '../operation.ts';
import { describeDefinition, findTaskDefinition } from './task-definition.ts';

/** DescribeTaskDefinition: an inactive revision can still be described. */
export const describeTaskDefinition = operation(
  z.strictObject({ taskDefinition: z.string(), include: z.optional(z.array(z.literal('TAGS'))) }),
  ({ taskDefinition, include }, region) => {
    const definition = findTaskDefinition(region, taskDefinition);
    return {
      taskDefinition: describeDefinition(definition),
      ...(include?.includes('TAGS') ? { tags: definition.tags ?? [] } : {}),
    };
  },
);
