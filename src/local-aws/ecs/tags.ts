import * as z from 'zod/mini';

import { operation } from '../operation.ts';
import { tagList } from './task-definition.ts';
import { findTaskByArn } from './tasks.ts';

/** TagResource, for tasks. */
export const tagResource = operation(
  z.strictObject({ resourceArn: z.string(), tags: tagList }),
  ({ resourceArn, tags }, region) => {
    const task = findTaskByArn(region, resourceArn);
    task.tags = [...task.tags.filter(({ key }) => !tags.some((tag) => tag.key === key)), ...tags];
    return {};
  },
);

/** ListTagsForResource, for tasks. */
export const listTagsForResource = operation(
  z.strictObject({ resourceArn: z.string() }),
  ({ resourceArn }, region) => ({
    tags: findTaskByArn(region, resourceArn).tags,
  }),
);
