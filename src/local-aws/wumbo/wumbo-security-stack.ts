import type { Stack, StackOutput, StackResource } from '../account.ts';
import { hexOf, logicalId } from './identifiers.ts';
import { stackId, type Home, type WumboNames } from './wumbo-environment.ts';

/** `<env>-SecurityStack`: the network and the secrets. The private subnets are outputs because the ComputeStack uses them. */
export function wumboSecurityStack(home: Home, names: WumboNames): Stack {
  const name = `${names.environment}-SecurityStack`;
  return {
    name,
    id: stackId(home, name),
    status: 'UPDATE_COMPLETE',
    outputs: [
      { key: 'VpcId', value: names.vpcId, exportName: `${names.environment}-VpcId` },
      { key: 'VpcCidr', value: '10.0.0.0/16', exportName: `${names.environment}-VpcCidr` },
      {
        key: 'DatabaseSecretArn',
        value: names.databaseSecretArn,
        exportName: `${names.environment}-DatabaseSecretArn`,
      },
      { key: 'AppSecretArn', value: names.applicationSecretArn, exportName: `${names.environment}-AppSecretArn` },
      automaticExport(name, `Ref${logicalId('Vpc')}`, names.vpcId),
      ...names.subnets
        .filter(({ kind }) => kind !== 'Isolated')
        .map((subnet) => automaticExport(name, `Ref${subnet.logicalId}`, subnet.id)),
      automaticExport(name, `Ref${logicalId('DatabaseSecret')}`, names.databaseSecretArn),
    ],
    resources: resources(names),
  };
}

/** The output that CDK makes when another stack refers to a resource of this one. */
function automaticExport(stack: string, what: string, value: string): StackOutput {
  const key = `ExportsOutput${what}${hexOf(what, 8).toUpperCase()}`;
  return { key, value, exportName: `${stack}:${key}` };
}

function resources(names: WumboNames): readonly StackResource[] {
  const resource = (name: string, type: string, physicalId?: string): StackResource => ({
    logicalId: logicalId(name),
    physicalId: physicalId ?? `${names.environment}-${name}-${hexOf(`${names.environment} ${name}`, 12)}`,
    type: `AWS::${type}`,
  });
  const endpoints = ['EcrApi', 'EcrDkr', 'Logs', 'SecretsManager', 'S3'];
  return [
    resource('Vpc', 'EC2::VPC', names.vpcId),
    resource('VpcIGW', 'EC2::InternetGateway'),
    resource('VpcVPCGW', 'EC2::VPCGatewayAttachment'),
    ...names.subnets.flatMap((subnet, index) => {
      const place = `Vpc${subnet.kind}Subnet${(index % 2) + 1}`;
      return [
        { logicalId: subnet.logicalId, physicalId: subnet.id, type: 'AWS::EC2::Subnet' },
        resource(`${place}RouteTable`, 'EC2::RouteTable'),
        resource(`${place}RouteTableAssociation`, 'EC2::SubnetRouteTableAssociation'),
        ...(subnet.kind === 'Isolated' ? [] : [resource(`${place}DefaultRoute`, 'EC2::Route')]),
        ...(subnet.kind === 'Public'
          ? [resource(`${place}EIP`, 'EC2::EIP'), resource(`${place}NATGateway`, 'EC2::NatGateway')]
          : []),
      ];
    }),
    ...endpoints.map((name) => resource(`Vpc${name}Endpoint`, 'EC2::VPCEndpoint')),
    ...endpoints.slice(0, 4).map((name) => resource(`Vpc${name}EndpointSecurityGroup`, 'EC2::SecurityGroup')),
    resource('SecretsKey', 'KMS::Key'),
    resource('DatabaseSecret', 'SecretsManager::Secret', names.databaseSecretArn),
    resource('AppSecret', 'SecretsManager::Secret', names.applicationSecretArn),
    resource('CDKMetadata', 'CDK::Metadata'),
  ];
}
