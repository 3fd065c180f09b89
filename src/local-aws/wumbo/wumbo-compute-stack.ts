import type { Stack, StackResource } from '../account.ts';
import { hexOf, logicalId } from './identifiers.ts';
import { stackId, type Home, type WumboEnvironment, type WumboNames } from './wumbo-environment.ts';

/** `<env>-ComputeStack`: the cluster, its services and the migration task. Output and export names differ, as in the original. */
export function wumboComputeStack(home: Home, environment: WumboEnvironment, names: WumboNames): Stack {
  const name = `${names.environment}-ComputeStack`;
  return {
    name,
    id: stackId(home, name),
    status: environment.stackStatus ?? 'UPDATE_COMPLETE',
    outputs: [
      { key: 'ClusterName', value: names.cluster, exportName: `${names.environment}-ClusterName` },
      {
        key: 'LoadBalancerDNS',
        value: `${names.environment}-wumbo-alb-${hexOf(names.environment, 10)}.${home.region}.elb.amazonaws.com`,
        exportName: `${names.environment}-LoadBalancerDNS`,
      },
      {
        key: 'MigrationTaskDefinitionArn',
        value: names.migrationTaskDefinitionArn,
        exportName: `${names.environment}-MigrationTaskDefArn`,
      },
      { key: 'MigrationTaskFamily', value: names.family, exportName: `${names.environment}-MigrationTaskFamily` },
    ],
    resources: [
      ...clusterResources(names),
      ...['Backend', 'Worker', 'Beat'].flatMap((service) => serviceResources(service, names)),
      ...migrationResources(names, environment.extraMigrationSecurityGroups ?? 0),
    ],
  };
}

type ResourceMaker = (name: string, type: string, physicalId?: string) => StackResource;

function maker({ environment }: WumboNames): ResourceMaker {
  return (name, type, physicalId) => ({
    logicalId: logicalId(name),
    physicalId: physicalId ?? `${environment}-ComputeStack-${name}-${hexOf(`${environment} ${name}`, 12)}`,
    type: `AWS::${type}`,
  });
}

function clusterResources(names: WumboNames): readonly StackResource[] {
  const resource = maker(names);
  return [
    resource('ECSCluster', 'ECS::Cluster', names.cluster),
    resource('ECSClusterCapacityProviders', 'ECS::ClusterCapacityProviderAssociations'),
    resource('ServiceNamespace', 'ServiceDiscovery::PrivateDnsNamespace'),
    resource('ALBSecurityGroup', 'EC2::SecurityGroup'),
    resource('ALB', 'ElasticLoadBalancingV2::LoadBalancer'),
    resource('ALBHttpListener', 'ElasticLoadBalancingV2::Listener'),
    resource('ALBHttpsListener', 'ElasticLoadBalancingV2::Listener'),
    resource('ALBHttpsListenerRule', 'ElasticLoadBalancingV2::ListenerRule'),
    resource('ALBLogsBucket', 'S3::Bucket'),
    resource('ALBLogsBucketPolicy', 'S3::BucketPolicy'),
    resource('CDKMetadata', 'CDK::Metadata'),
  ];
}

function serviceResources(service: string, names: WumboNames): readonly StackResource[] {
  const resource = maker(names);
  const definition = `${service}TaskDefinition`;
  const isBackend = service === 'Backend';
  return [
    ...taskResources(definition, names),
    resource(
      definition,
      'ECS::TaskDefinition',
      isBackend ? names.backendTaskDefinitionArn : `${names.environment}-wumbo-${service.toLowerCase()}:12`,
    ),
    resource(`${definition}${service}ContainerLogGroup`, 'Logs::LogGroup'),
    resource(`${service}SecurityGroup`, 'EC2::SecurityGroup', isBackend ? names.backendSecurityGroupId : undefined),
    resource(`${service}SecurityGroupToDatabase5432`, 'EC2::SecurityGroupIngress'),
    resource(`${service}SecurityGroupToCache6379`, 'EC2::SecurityGroupIngress'),
    resource(`${service}Service`, 'ECS::Service', `${names.environment}-wumbo-${service.toLowerCase()}`),
    ...(service === 'Beat'
      ? []
      : [
          resource(`${service}ServiceTaskCountTarget`, 'ApplicationAutoScaling::ScalableTarget'),
          resource(`${service}ServiceTaskCountTargetCpuScaling`, 'ApplicationAutoScaling::ScalingPolicy'),
          resource(`${service}ServiceTaskCountTargetMemoryScaling`, 'ApplicationAutoScaling::ScalingPolicy'),
          resource(`${service}CpuAlarm`, 'CloudWatch::Alarm'),
          resource(`${service}MemoryAlarm`, 'CloudWatch::Alarm'),
        ]),
    ...(isBackend ? [resource('BackendTargetGroup', 'ElasticLoadBalancingV2::TargetGroup')] : []),
  ];
}

function migrationResources(names: WumboNames, extraSecurityGroups: number): readonly StackResource[] {
  const resource = maker(names);
  const extra = Array.from({ length: extraSecurityGroups }, (_, index) =>
    resource(`MigrationSecurityGroup${index + 2}`, 'EC2::SecurityGroup', extraSecurityGroupId(names, index)),
  );
  return [
    ...taskResources('MigrationTaskDefinition', names),
    resource('MigrationTaskDefinition', 'ECS::TaskDefinition', names.migrationTaskDefinitionArn),
    resource('MigrationTaskDefinitionMigrationContainerLogGroup', 'Logs::LogGroup', names.generatedLogGroup),
    resource('MigrationSecurityGroup', 'EC2::SecurityGroup', names.migrationSecurityGroupId),
    ...extra,
    resource('MigrationToDatabaseIngress', 'EC2::SecurityGroupIngress'),
  ];
}

/** Id of the nth security group beyond the usual one. */
export function extraSecurityGroupId({ environment }: WumboNames, index: number): string {
  return `sg-0${hexOf(`${environment} migration ${index + 2}`, 16)}`;
}

function taskResources(definition: string, names: WumboNames): readonly StackResource[] {
  const resource = maker(names);
  return [
    resource(`${definition}TaskRole`, 'IAM::Role'),
    resource(`${definition}TaskRoleDefaultPolicy`, 'IAM::Policy'),
    resource(`${definition}ExecutionRole`, 'IAM::Role'),
    resource(`${definition}ExecutionRoleDefaultPolicy`, 'IAM::Policy'),
  ];
}
