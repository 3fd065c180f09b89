import type { Account, ImageProgram } from '../../../src/local-aws/account.ts';
import { taskDefinitionParameters } from '../../../src/local-aws/ecs/task-definition.ts';
import type { PolicyDocument } from '../../../src/local-aws/iam/policy.ts';
import { evaluateTemplate, type EvaluatedStack } from './evaluate-template.ts';
import { readTemplate } from './read-template.ts';

export const digest = `sha256:${'a'.repeat(64)}`;

/** Parameters as a person gives them who has no more than must be; the names differ from Wumbo's on purpose. */
export const requiredParameters: Readonly<Record<string, string>> = {
  EnvironmentName: 'production',
  ClusterName: 'shop-production',
  VpcId: 'vpc-0a',
  PrivateSubnetIds: 'subnet-0a,subnet-0b',
  DatabaseSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:production/shop/database-AbCdEf',
  DatabaseSecurityGroupId: 'sg-0database',
  ImageUri: `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop-migration@${digest}`,
};

/** Everything that can be had. */
export const allParameters: Readonly<Record<string, string>> = {
  ...requiredParameters,
  DatabaseSecretKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  DatabasePort: '5433',
  DatabaseIamUser: 'migrator',
  DatabaseResourceId: 'db-ABCDEFGH',
  EcrRepositoryName: 'shop-migration',
  CpuArchitecture: 'X86_64',
  TaskSize: 'small',
  LogRetentionDays: '30',
  AlertEmail: 'on-call@example.com',
  GitHubOidcProviderArn: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
  GitHubOwner: 'acme',
  GitHubOwnerId: '11',
  GitHubRepository: 'shop',
  GitHubRepositoryId: '22',
};

export const stackName = 'production-ComputeStack';

/** infra/migration-task.yaml as CloudFormation deploys it. */
export function deployMigrationStack(parameters: Readonly<Record<string, string>>): EvaluatedStack {
  const environment = parameters['EnvironmentName'] ?? '';
  return evaluateTemplate(readTemplate(), {
    stackName,
    parameters,
    physicalId: (name, type) => {
      switch (type) {
        case 'AWS::ECS::TaskDefinition':
          return `arn:aws:ecs:us-east-1:123456789012:task-definition/${environment}-wumbo-migration:1`;
        case 'AWS::Logs::LogGroup':
          return `/aws/ecs/${parameters['ClusterName'] ?? ''}/migration`;
        case 'AWS::EC2::SecurityGroup':
          return 'sg-0migration';
        case 'AWS::IAM::ManagedPolicy':
          return `arn:aws:iam::123456789012:policy/${stackName}-${name}-X`;
        default:
          return `${stackName}-${name}-X`;
      }
    },
    attribute: (name, attribute) => {
      if (attribute !== 'Arn') throw new Error(`${name} has no attribute ${attribute} here`);
      return `arn:aws:iam::123456789012:role/${stackName}-${name}-X`;
    },
  });
}

/** The policy of whoever launches. */
export function launcherPolicy({ resources }: EvaluatedStack): PolicyDocument {
  return resources['LauncherPolicy']?.properties['PolicyDocument'] as PolicyDocument;
}

/** An account that holds this stack and nothing else, and a key whose owner may do what the launcher policy says. */
export function accountWithStack(
  stack: EvaluatedStack,
  { secret, program }: { readonly secret: string; readonly program: ImageProgram },
): Account {
  const { outputs, resources } = stack;
  const parameters = requiredParameters;
  const vpcId = parameters['VpcId'] ?? '';
  return {
    accountId: '123456789012',
    region: 'us-east-1',
    accessKeys: { launcher: { secretAccessKey: 'launcher', policy: launcherPolicy(stack) } },
    stacks: [
      {
        name: stackName,
        id: `arn:aws:cloudformation:us-east-1:123456789012:stack/${stackName}/0`,
        status: 'CREATE_COMPLETE',
        outputs: Object.entries(outputs).map(([key, value]) => ({ key, value })),
        resources: Object.entries(resources).map(([logicalId, { type, physicalId }]) => ({
          logicalId,
          physicalId,
          type,
        })),
      },
    ],
    subnets: (outputs['MigrationSubnetIds'] ?? '')
      .split(',')
      .map((id) => ({ id, vpcId, availabilityZone: 'us-east-1a' })),
    securityGroups: [{ id: outputs['MigrationSecurityGroupId'] ?? '', vpcId }],
    clusters: [outputs['ClusterName'] ?? ''],
    services: [],
    taskDefinitions: [{ ...taskDefinitionParameters.parse(taskDefinitionRequest(stack)), revision: 1 }],
    logGroups: [outputs['MigrationLogGroupName'] ?? ''],
    secrets: [{ arn: parameters['DatabaseSecretArn'] ?? '', value: secret }],
    images: { 'shop-migration': program },
  };
}

/** The task definition as CloudFormation registers it: its members are those of RegisterTaskDefinition, in Pascal case. */
export function taskDefinitionRequest({ resources }: EvaluatedStack): unknown {
  return camelCased(resources['MigrationTaskDefinition']?.properties, '');
}

function camelCased(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => camelCased(item, key));
  if (typeof value !== 'object' || value === null) return scalar(value, key);
  const keepsKeys = key === 'Options';
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      keepsKeys ? name : name.charAt(0).toLowerCase() + name.slice(1),
      camelCased(member, name),
    ]),
  );
}

function scalar(value: unknown, key: string): unknown {
  return key === 'StopTimeout' ? Number(value) : value;
}
