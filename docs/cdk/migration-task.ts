/**
 * The migration task as a part of an existing CDK stack: what infra/migration-task.yaml deploys, with CDK's own constructs.
 */
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface MigrationTaskProps {
  readonly envName: string;
  readonly cluster: ecs.ICluster;
  readonly vpc: ec2.IVpc;
  readonly databaseSecurityGroup: ec2.ISecurityGroup;
  readonly databaseSecret: secretsmanager.ISecret;
  readonly repository: ecr.IRepository;
  /** `sha256:…`: what was reviewed is what runs. */
  readonly imageDigest: string;
}

/** Log group, security group, roles and task definition, and the outputs that launch-migration looks for. */
export class MigrationTask extends Construct {
  constructor(scope: Construct, id: string, props: MigrationTaskProps) {
    super(scope, id);
    const { envName, cluster, vpc, databaseSecurityGroup, databaseSecret, repository, imageDigest } = props;

    const logGroup = new logs.LogGroup(this, 'LogGroup', {
      logGroupName: `/aws/ecs/${envName}-wumbo-cluster/migration`,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });

    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Database migration task',
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'AWS APIs: image, log, secret');
    securityGroup.addEgressRule(databaseSecurityGroup, ec2.Port.tcp(5432), 'PostgreSQL');
    // A rule of this stack, not of the database's: the two stacks would depend on each other.
    new ec2.CfnSecurityGroupIngress(this, 'DatabaseIngress', {
      groupId: databaseSecurityGroup.securityGroupId,
      sourceSecurityGroupId: securityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: 5432,
      toPort: 5432,
      description: 'Database migration task',
    });

    const taskDefinition = new ecs.FargateTaskDefinition(this, 'TaskDefinition', {
      family: `${envName}-wumbo-migration`,
      cpu: 512,
      memoryLimitMiB: 1024,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    const linuxParameters = new ecs.LinuxParameters(this, 'Linux', { initProcessEnabled: true });
    linuxParameters.dropCapabilities(ecs.Capability.ALL);
    const container = taskDefinition.addContainer('migration', {
      image: ecs.ContainerImage.fromRegistry(`${repository.repositoryUri}@${imageDigest}`),
      environment: { ENVIRONMENT: envName },
      // The whole secret, not its key `url`, which does not exist. Only the execution role may read it.
      secrets: { DATABASE_SECRET: ecs.Secret.fromSecretsManager(databaseSecret) },
      user: '65532:65532',
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(120),
      linuxParameters,
      logging: ecs.LogDriver.awsLogs({ logGroup, streamPrefix: 'migration', mode: ecs.AwsLogDriverMode.BLOCKING }),
    });
    repository.grantPull(taskDefinition.obtainExecutionRole());

    const { subnetIds } = vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS });
    const outputs = {
      ClusterName: cluster.clusterName,
      MigrationTaskDefinitionArn: taskDefinition.taskDefinitionArn,
      MigrationTaskFamily: `${envName}-wumbo-migration`,
      MigrationSubnetIds: subnetIds.join(','),
      MigrationSecurityGroupId: securityGroup.securityGroupId,
      MigrationLogGroupName: logGroup.logGroupName,
      MigrationContainerName: container.containerName,
    };
    // Under exactly these names; one that the stack has already (ClusterName) stays as it is.
    const stack = Stack.of(this);
    for (const [key, value] of Object.entries(outputs))
      if (!stack.node.tryFindChild(key)) new CfnOutput(stack, key, { value });
  }
}
