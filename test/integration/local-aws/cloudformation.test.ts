import { DescribeStacksCommand, ListExportsCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';

import { startTestAws } from './test-aws.ts';

test('DescribeStacks gives the ComputeStack by name and by ARN, with outputs whose export names differ', async () => {
  const { cloudFormation } = await startTestAws();
  const byName = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'production-ComputeStack' }));
  const stack = byName.Stacks?.[0];
  expect(stack?.StackStatus).toBe('UPDATE_COMPLETE');
  expect(stack?.LastUpdatedTime).toBeInstanceOf(Date);
  expect(stack?.Outputs).toContainEqual({
    OutputKey: 'MigrationTaskDefinitionArn',
    OutputValue: 'arn:aws:ecs:us-east-1:123456789012:task-definition/production-wumbo-migration:7',
    ExportName: 'production-MigrationTaskDefArn',
  });
  const byArn = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack?.StackId }));
  expect(byArn.Stacks).toStrictEqual(byName.Stacks);
});

test('DescribeStacks without a name gives the six stacks of each environment', async () => {
  const { cloudFormation } = await startTestAws();
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  expect(Stacks.map(({ StackName }) => StackName).filter((name) => name?.startsWith('staging-'))).toHaveLength(6);
});

test('DescribeStacks refuses a stack that does not exist in CloudFormation’s words', async () => {
  const { cloudFormation } = await startTestAws();
  await expect(cloudFormation.send(new DescribeStacksCommand({ StackName: 'nope' }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id nope does not exist',
    $metadata: { httpStatusCode: 400 },
  });
});

test('ListStackResources pages by 100 and refuses a token that it never gave', async () => {
  const { cloudFormation, aws } = await startTestAws();
  const resources = Array.from({ length: 230 }, (_, index) => ({
    logicalId: `Topic${index}`,
    physicalId: `topic-${index}`,
    type: 'AWS::SNS::Topic',
  }));
  aws.putStack({ name: 'big', id: 'arn:big', status: 'CREATE_COMPLETE', outputs: [], resources });
  const found: (string | undefined)[] = [];
  const sizes: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(new ListStackResourcesCommand({ StackName: 'big', NextToken }));
    const summaries = page.StackResourceSummaries ?? [];
    sizes.push(summaries.length);
    found.push(...summaries.map(({ LogicalResourceId }) => LogicalResourceId));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(sizes).toStrictEqual([100, 100, 30]);
  expect(found).toStrictEqual(resources.map(({ logicalId }) => logicalId));
  await expect(
    cloudFormation.send(new ListStackResourcesCommand({ StackName: 'big', NextToken: 'made-up' })),
  ).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(cloudFormation.send(new ListStackResourcesCommand({ StackName: 'nope' }))).rejects.toThrow(
    'Stack with id nope does not exist',
  );
});

test('ListExports names the private subnets that CDK exports by itself', async () => {
  const { cloudFormation, names } = await startTestAws();
  const { Exports = [] } = await cloudFormation.send(new ListExportsCommand({}));
  const subnets = Exports.filter(({ Name }) =>
    Name?.startsWith('production-SecurityStack:ExportsOutputRefVpcPrivateSubnet'),
  );
  expect(subnets.map(({ Value }) => Value)).toStrictEqual(
    names.subnets.filter(({ kind }) => kind === 'Private').map(({ id }) => id),
  );
});

test('a stack can be replaced and removed while the stand-in runs', async () => {
  const { cloudFormation, aws } = await startTestAws();
  aws.putStack({
    name: 'production-ComputeStack',
    id: 'arn:x',
    status: 'UPDATE_IN_PROGRESS',
    outputs: [{ key: 'Text', value: 'a < b & "c"' }],
    resources: [],
  });
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'production-ComputeStack' }));
  expect(Stacks?.[0]).toMatchObject({
    StackStatus: 'UPDATE_IN_PROGRESS',
    Outputs: [{ OutputKey: 'Text', OutputValue: 'a < b & "c"' }],
  });
  aws.removeStack('production-ComputeStack');
  await expect(
    cloudFormation.send(new DescribeStacksCommand({ StackName: 'production-ComputeStack' })),
  ).rejects.toThrow('does not exist');
});
