import * as z from 'zod/mini';

import { operation } from '../operation.ts';
import { pageOf } from '../pages.ts';
import { updatedAt } from './describe-stacks.ts';
import { findStack } from './stacks.ts';

/** ListStackResources, 100 to a page (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html). */
export const listStackResources = operation(
  z.strictObject({ StackName: z.string(), NextToken: z.optional(z.string()) }),
  ({ StackName, NextToken }, region) => {
    const { resources } = findStack(region, StackName);
    const { items, nextToken } = pageOf(resources, { token: NextToken, size: 100, invalidType: 'ValidationError' });
    return {
      StackResourceSummaries: items.map(({ logicalId, physicalId, type }) => ({
        LogicalResourceId: logicalId,
        PhysicalResourceId: physicalId,
        ResourceType: type,
        LastUpdatedTimestamp: updatedAt,
        ResourceStatus: 'CREATE_COMPLETE',
        DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
      })),
      NextToken: nextToken,
    };
  },
  'ValidationError',
);
