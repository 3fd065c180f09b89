import * as z from 'zod/mini';

import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';

/** ListExports: every exported output of the region, 100 to a page. */
export const listExports = operation(
  z.strictObject({ NextToken: z.optional(z.string()) }),
  ({ NextToken }, region) => {
    const all = region.stacks.flatMap(({ id, outputs }) =>
      outputs.flatMap(({ exportName, value }) =>
        exportName === undefined ? [] : [{ ExportingStackId: id, Name: exportName, Value: value }],
      ),
    );
    const { items, nextToken } = pageOf(all, { token: NextToken, size: 100, invalidType: 'ValidationError' });
    return { Exports: items, NextToken: nextToken };
  },
  'ValidationError',
);
