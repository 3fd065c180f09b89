import { describe, expect, it } from 'vitest';
import type { Stack, StackResource } from '../../../../src/launcher/aws/stacks.ts';
import { resolveTarget } from '../../../../src/launcher/target/resolve-target.ts';

const computeOutputs = {
  ClusterName: 'staging-wumbo-cluster',
  MigrationTaskDefinitionArn: 'arn:x:task-definition/staging-wumbo-migration:7',
};
const group: StackResource = {
  type: 'AWS::EC2::SecurityGroup',
  logicalId: 'MigrationSecurityGroup1',
  physicalId: 'sg-1',
};
const subnetOutputs = { ExportsOutputRefVpcPrivateSubnet1Subnet1: 'subnet-1' };

interface Account {
  readonly compute?: Partial<Stack> | undefined;
  readonly security?: Record<string, string>;
  readonly resources?: Record<string, readonly StackResource[]>;
  readonly service?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
}

function read(
  account: Account,
  wanted: { readonly environment?: string; readonly force?: boolean; readonly overrides?: object } = {},
) {
  const environment = wanted.environment ?? 'staging';
  const calls: string[] = [];
  const warnings: string[] = [];
  const stacks: Record<string, Stack> = {};
  const add = (name: string, stack: Partial<Stack>) =>
    (stacks[name] = { name, status: 'UPDATE_COMPLETE', accountId: '123456789012', outputs: {}, ...stack });
  if (!('compute' in account) || account.compute)
    add(`${environment}-ComputeStack`, { outputs: computeOutputs, ...account.compute });
  add(`${environment}-SecurityStack`, { outputs: account.security ?? subnetOutputs });
  const target = resolveTarget(
    {
      region: 'us-east-1',
      accountId: undefined,
      stacks: {
        describe: async (name) => (calls.push(`describe ${name}`), stacks[name]),
        listResources: async (name) => (
          calls.push(`list ${name}`),
          account.resources?.[name] ?? (name.endsWith('ComputeStack') ? [group] : [])
        ),
      },
      tasks: { describeServiceNetwork: async (_, service) => (calls.push(`service ${service}`), account.service) },
    },
    { environment, overrides: wanted.overrides ?? {}, force: wanted.force ?? false },
    (text) => warnings.push(text),
  );
  return { target, calls, warnings };
}

describe('resolveTarget', () => {
  it('finds everything in the stacks as the original Wumbo deploys them', async () => {
    const { target, warnings } = read({});
    expect(await target).toMatchObject({
      accountId: '123456789012',
      cluster: { value: 'staging-wumbo-cluster' },
      subnets: { value: ['subnet-1'] },
      securityGroups: { value: ['sg-1'], source: 'resource MigrationSecurityGroup1 of staging-ComputeStack' },
    });
    expect(warnings).toEqual([]);
  });

  it('needs one call when the stack has our outputs', async () => {
    const outputs = { ...computeOutputs, MigrationSubnetIds: 'subnet-8,subnet-9', MigrationSecurityGroupId: 'sg-9' };
    const { target, calls } = read({ compute: { outputs } });
    expect(await target).toMatchObject({
      subnets: { value: ['subnet-8', 'subnet-9'] },
      securityGroups: { value: ['sg-9'] },
    });
    expect(calls).toEqual(['describe staging-ComputeStack']);
  });

  it('needs no stack at all when flags say everything', async () => {
    const overrides = { cluster: 'c', taskDefinition: 't', subnets: ['subnet-1'], securityGroups: ['sg-1'] };
    const { target, calls } = read({ compute: undefined }, { overrides });
    expect(await target).toMatchObject({ cluster: { value: 'c', source: '--cluster' } });
    expect(calls).toEqual([]);
  });

  it('borrows from the backend service what the stacks do not name, and says so', async () => {
    const service = { subnets: ['subnet-s'], securityGroups: ['sg-s'] };
    const { target, warnings } = read({ security: {}, service });
    expect(await target).toMatchObject({ subnets: { value: ['subnet-s'] }, securityGroups: { value: ['sg-1'] } });
    expect(warnings.join()).toMatch(/Using the subnets of the service staging-wumbo-backend/);
  });

  it('never chooses between several security groups', async () => {
    const resources = {
      'staging-ComputeStack': [group, { ...group, logicalId: 'MigrationSecurityGroup2', physicalId: 'sg-2' }],
    };
    await expect(read({ resources }).target).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/sg-1.*sg-2/),
    });
  });

  it.each([
    ['the stack', { compute: undefined }, /no stack staging-ComputeStack .* region us-east-1/],
    [
      'an output',
      { compute: { outputs: { MigrationTaskDefinitionArn: 'x' } } },
      /has no output ClusterName \(it has MigrationTaskDefinitionArn\)/,
    ],
    ['every subnet', { security: {} }, /No private subnet .* looked at .*staging-SecurityStack.*staging-wumbo-backend/],
    ['the security group', { resources: { 'staging-ComputeStack': [] } }, /No security group/],
  ])('says what was looked at when %s is missing, exit 2', async (_, account, sentence) => {
    await expect(read(account).target).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(sentence),
      hint: expect.any(String),
    });
  });

  it('suggests the environment that was meant', async () => {
    const { target } = read({ compute: undefined }, { environment: 'prodution' });
    await expect(target).rejects.toMatchObject({ hint: expect.stringContaining('Did you mean production?') });
  });

  it('warns of a stack that is being changed, and refuses it in production without force', async () => {
    const compute = { status: 'UPDATE_IN_PROGRESS' };
    const staging = read({ compute });
    await staging.target;
    expect(staging.warnings.join()).toMatch(/UPDATE_IN_PROGRESS/);
    await expect(read({ compute }, { environment: 'production' }).target).rejects.toMatchObject({ exitCode: 2 });
    await expect(read({ compute }, { environment: 'production', force: true }).target).resolves.toBeDefined();
  });
});
