import type { Stack } from '../account.ts';
import { AwsError } from '../aws-error.ts';
import type { Region } from '../region.ts';

/** The stack of this name or ARN. @throws AwsError ValidationError in CloudFormation's words. */
export function findStack(region: Region, nameOrId: string): Stack {
  const stack = region.stacks.find(({ name, id }) => name === nameOrId || id === nameOrId);
  if (!stack) throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
  return stack;
}
