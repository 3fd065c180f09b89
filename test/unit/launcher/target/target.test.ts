import { conventionalNames } from '../../../../src/launcher/target/names.ts';
import { describe, expect, it } from 'vitest';
import {
  familyOf,
  migrationSecurityGroups,
  privateSubnetsFromOutputs,
  privateSubnetsFromResources,
  targetFromOutputs,
  unsettledState,
} from '../../../../src/launcher/target/target.ts';

const stack = (outputs: Record<string, string>, status = 'UPDATE_COMPLETE') => ({
  name: 'staging-ComputeStack',
  status,
  accountId: '123456789012',
  outputs,
});
const resource = (type: string, logicalId: string, physicalId = `id-of-${logicalId}`) => ({
  type,
  logicalId,
  physicalId,
});

describe('targetFromOutputs', () => {
  it('prefers flags to outputs and remembers where each value came from', () => {
    const outputs = stack({ ClusterName: 'a', MigrationSubnetIds: 'subnet-1, subnet-2' });
    const target = targetFromOutputs(outputs, { cluster: 'b' }, conventionalNames('staging'));
    expect(target.cluster).toEqual({ value: 'b', source: '--cluster', given: true });
    expect(target.subnets).toEqual({
      value: ['subnet-1', 'subnet-2'],
      source: 'output MigrationSubnetIds of staging-ComputeStack',
    });
    expect(target.taskDefinition).toBeUndefined();
  });
});

describe('migrationSecurityGroups', () => {
  it('finds the group by its logical id and gives all of several', () => {
    const resources = [
      resource('AWS::EC2::SecurityGroup', 'BackendSecurityGroup1'),
      resource('AWS::EC2::SecurityGroup', 'MigrationSecurityGroup9F5CD9FF'),
      resource('AWS::EC2::SecurityGroupIngress', 'MigrationSecurityGroupIngress'),
      resource('AWS::EC2::SecurityGroup', 'MigrationSecurityGroup22'),
    ];
    expect(migrationSecurityGroups(resources).map(({ logicalId }) => logicalId)).toEqual([
      'MigrationSecurityGroup9F5CD9FF',
      'MigrationSecurityGroup22',
    ]);
  });
});

describe('private subnets', () => {
  it('are the outputs that CDK exports by itself', () => {
    const outputs = {
      ExportsOutputRefVpcPrivateSubnet2Subnet3788AAA1: 'subnet-b',
      ExportsOutputRefVpcPrivateSubnet1Subnet536B997A: 'subnet-a',
      ExportsOutputRefVpcIsolatedSubnet1Subnet1: 'subnet-isolated',
      VpcId: 'vpc-1',
    };
    expect(privateSubnetsFromOutputs(stack(outputs))?.value).toEqual(['subnet-a', 'subnet-b']);
    expect(privateSubnetsFromOutputs(stack({ VpcId: 'vpc-1' }))).toBeUndefined();
  });

  it('among the resources are never public or isolated', () => {
    const resources = [
      resource('AWS::EC2::Subnet', 'VpcPublicSubnet1Subnet1'),
      resource('AWS::EC2::Subnet', 'VpcPrivateSubnet1Subnet1', 'subnet-a'),
      resource('AWS::EC2::Subnet', 'VpcPrivateIsolatedSubnet1'),
      resource('AWS::EC2::RouteTable', 'VpcPrivateSubnet1RouteTable'),
    ];
    expect(privateSubnetsFromResources('staging-SecurityStack', resources)?.value).toEqual(['subnet-a']);
  });
});

describe('unsettledState', () => {
  it.each(['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'UPDATE_ROLLBACK_IN_PROGRESS'])(
    'names %s',
    (status) => {
      expect(unsettledState(stack({}, status))).toContain(status);
    },
  );
  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE'])('is silent about %s', (status) => {
    expect(unsettledState(stack({}, status))).toBeUndefined();
  });
});

describe('familyOf', () => {
  it.each(['fam', 'fam:12', 'arn:aws:ecs:us-east-1:123456789012:task-definition/fam:12'])('reads %s', (name) => {
    expect(familyOf(name)).toBe('fam');
  });
});
