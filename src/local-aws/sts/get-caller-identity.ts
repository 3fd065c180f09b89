import * as z from 'zod/mini';

import { operation } from '../operation.ts';

/** GetCallerIdentity: the first thing that people run to see whether their credentials work. */
export const getCallerIdentity = operation(
  z.strictObject({}),
  (_, region) => ({
    UserId: 'AIDALOCALAWS',
    Account: region.accountId,
    Arn: `arn:aws:iam::${region.accountId}:user/local`,
  }),
  'ValidationError',
);
