import * as z from 'zod/mini';

import type { Stack } from '../account.ts';
import { operation } from '../operation.ts';
import { findStack } from './stacks.ts';

/** DescribeStacks: one stack by name or ARN, or all of them (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html). */
export const describeStacks = operation(
  z.strictObject({ StackName: z.optional(z.string()), NextToken: z.optional(z.string()) }),
  ({ StackName }, region) => {
    const stacks = StackName === undefined ? region.stacks : [findStack(region, StackName)];
    return { Stacks: stacks.map(describe) };
  },
  'ValidationError',
);

/** Stacks of the original were deployed once and updated since; the exact days matter to nobody. */
const createdAt = new Date('2025-10-01T09:00:00.000Z');
export const updatedAt = new Date('2026-11-02T14:30:00.000Z');

function describe(stack: Stack): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: createdAt,
    LastUpdatedTime: updatedAt,
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: false,
    NotificationARNs: [],
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    Outputs: stack.outputs.map(({ key, value, exportName, description }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    Tags: [],
    EnableTerminationProtection: false,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}
