import { expect, test } from 'vitest';

import type { Stack } from '../../../src/local-aws/account.ts';
import { wumboAccount } from '../../../src/local-aws/wumbo/wumbo-account.ts';
import type { WumboEnvironment } from '../../../src/local-aws/wumbo/wumbo-environment.ts';

const database = { username: 'wumbo_admin', password: 'p', host: 'db', port: 5432, dbname: 'wumbo' };

function accountOf(changes: Partial<WumboEnvironment> = {}) {
  return wumboAccount({ environments: [{ name: 'staging', database, ...changes }], images: {} });
}

function stackOf(kind: string, changes?: Partial<WumboEnvironment>): Stack | undefined {
  return accountOf(changes).stacks.find(({ name }) => name === `staging-${kind}`);
}

function outputsOf(stack: Stack | undefined): Record<string, string> {
  return Object.fromEntries(stack?.outputs.map(({ key, value }) => [key, value]) ?? []);
}

test('the stacks have the original’s names, and the ComputeStack its 60 to 90 resources with unique logical ids', () => {
  expect(
    accountOf()
      .stacks.map(({ name }) => name)
      .toSorted(),
  ).toStrictEqual(
    ['Cache', 'Compute', 'Database', 'Ecr', 'Monitoring', 'Security'].map((kind) => `staging-${kind}Stack`),
  );
  const resources = stackOf('ComputeStack')?.resources ?? [];
  expect(resources.length).toBeGreaterThanOrEqual(60);
  expect(resources.length).toBeLessThanOrEqual(90);
  expect(new Set(resources.map(({ logicalId }) => logicalId)).size).toBe(resources.length);
});

test('the network is found by logical ids and by CDK’s automatic outputs; nothing else names private subnets', () => {
  const security = stackOf('SecurityStack');
  const subnets = security?.resources.filter(({ type }) => type === 'AWS::EC2::Subnet') ?? [];
  expect(subnets).toHaveLength(6);
  const ofPrivate = subnets.filter(({ logicalId }) => logicalId.includes('Private'));
  expect(ofPrivate.map(({ logicalId }) => logicalId)).toStrictEqual([
    'VpcPrivateSubnet1Subnet536B997A',
    'VpcPrivateSubnet2Subnet3788AAA1',
  ]);
  const outputs = Object.entries(outputsOf(security)).filter(([key]) =>
    /^ExportsOutputRefVpcPrivateSubnet\d/.test(key),
  );
  expect(outputs.map(([, value]) => value)).toStrictEqual(ofPrivate.map(({ physicalId }) => physicalId));
  const groups = stackOf('ComputeStack')?.resources.filter(({ logicalId }) =>
    /^MigrationSecurityGroup[0-9A-F]{8}$/.test(logicalId),
  );
  expect(groups).toMatchObject([
    { type: 'AWS::EC2::SecurityGroup', physicalId: expect.stringMatching(/^sg-0[0-9a-f]{16}$/) },
  ]);
});

test('logical ids are equal in every environment, physical ids are not', () => {
  const { stacks } = wumboAccount({
    environments: [
      { name: 'a', database },
      { name: 'b', database },
    ],
    images: {},
  });
  const ids = (name: string, which: 'logicalId' | 'physicalId'): readonly string[] =>
    stacks.find((stack) => stack.name === name)?.resources.map((resource) => resource[which]) ?? [];
  expect(ids('a-ComputeStack', 'logicalId')).toStrictEqual(ids('b-ComputeStack', 'logicalId'));
  expect(
    ids('a-ComputeStack', 'physicalId').filter((id) => ids('b-ComputeStack', 'physicalId').includes(id)),
  ).toStrictEqual([]);
});

test('an environment can differ in status, outputs, container, security groups and stacks', () => {
  expect(stackOf('ComputeStack', { stackStatus: 'UPDATE_IN_PROGRESS' })?.status).toBe('UPDATE_IN_PROGRESS');
  const changes = {
    extraOutputs: { MigrationContainerName: 'app', ClusterName: 'x' },
    removedOutputs: ['MigrationTaskDefinitionArn'],
  };
  expect(outputsOf(stackOf('ComputeStack', changes))).toMatchObject({
    MigrationContainerName: 'app',
    ClusterName: 'x',
  });
  expect(outputsOf(stackOf('ComputeStack', changes))).not.toHaveProperty('MigrationTaskDefinitionArn');
  expect(
    stackOf('CacheStack', { stack: (usual) => (usual.name.includes('Cache') ? undefined : usual) }),
  ).toBeUndefined();
  const two = stackOf('ComputeStack', { extraMigrationSecurityGroups: 1 })?.resources.filter(({ logicalId }) =>
    logicalId.startsWith('MigrationSecurityGroup'),
  );
  expect(two).toHaveLength(2);
  expect(accountOf({ extraMigrationSecurityGroups: 1 }).securityGroups).toHaveLength(4);
  const definition = accountOf({
    container: { image: 'mine' },
    extraContainers: [{ name: 'side', image: 'x' }],
    revision: 3,
  }).taskDefinitions[0];
  expect(definition).toMatchObject({
    revision: 3,
    containerDefinitions: [{ name: 'MigrationContainer', image: 'mine' }, { name: 'side' }],
  });
});

test('the original’s task definition has the original’s bugs', () => {
  const { taskDefinitions, logGroups } = accountOf({ taskDefinition: 'original' });
  const container = taskDefinitions[0]?.containerDefinitions[0];
  expect(container?.logConfiguration?.options).not.toHaveProperty('mode');
  expect(container?.logConfiguration?.options?.['awslogs-group']).toBe(logGroups[0]);
  expect(container?.secrets?.[0]).toMatchObject({ name: 'DATABASE_URL', valueFrom: expect.stringMatching(/:url::$/) });
  expect(logGroups).not.toContain('/aws/ecs/staging-wumbo-cluster/migration');
});
