import {
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import type { Send } from './send.ts';
import { AwsError } from './aws-error.ts';

/** What a launch needs to know of a CloudFormation stack. */
export interface Stack {
  readonly name: string;
  readonly status: string;
  /** From the stack's ARN. */
  readonly accountId: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StackResource {
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
}

export interface StackReader {
  /** `undefined` when there is no such stack in this account and region. */
  describe(name: string): Promise<Stack | undefined>;
  /** All resources; empty when there is no such stack. Not DescribeStackResources, which ends after 100. */
  listResources(name: string): Promise<readonly StackResource[]>;
}

export function createStackReader(client: () => CloudFormationClient, send: Send): StackReader {
  return {
    async describe(name) {
      const answer = await orMissing(
        send('cloudformation:DescribeStacks', (abortSignal) =>
          client().send(new DescribeStacksCommand({ StackName: name }), { abortSignal }),
        ),
      );
      const stack = answer?.Stacks?.[0];
      if (!stack) return undefined;
      return {
        name,
        status: stack.StackStatus ?? 'UNKNOWN',
        accountId: stack.StackId?.split(':')[4],
        outputs: Object.fromEntries(
          (stack.Outputs ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']),
        ),
      };
    },

    async listResources(name) {
      const resources: StackResource[] = [];
      let token: string | undefined;
      do {
        const page = { StackName: name, ...(token === undefined ? {} : { NextToken: token }) };
        const answer = await orMissing(
          send('cloudformation:ListStackResources', (abortSignal) =>
            client().send(new ListStackResourcesCommand(page), { abortSignal }),
          ),
        );
        for (const resource of answer?.StackResourceSummaries ?? [])
          resources.push({
            type: resource.ResourceType ?? '',
            logicalId: resource.LogicalResourceId ?? '',
            physicalId: resource.PhysicalResourceId ?? '',
          });
        token = answer?.NextToken;
      } while (token !== undefined);
      return resources;
    },
  };
}

async function orMissing<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof AwsError && error.kind === 'missing') return undefined;
    throw error;
  }
}
