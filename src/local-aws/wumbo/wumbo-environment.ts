import type { Stack } from '../account.ts';
import type { ContainerDefinition } from '../ecs/task-definition.ts';
import { hexOf, logicalId, uuidOf } from './identifiers.ts';

/** One environment of Wumbo, and how it differs from the usual shape. */
export interface WumboEnvironment {
  /** e.g. `production`. */
  readonly name: string;
  /** What the secret `<name>/wumbo/database` holds. */
  readonly database: DatabaseSecret;
  /** `original` is what the original CDK code deploys, with its bugs: the generated log group, no log mode, a secret key `url` that does not exist. */
  readonly taskDefinition?: 'working' | 'original';
  /** The container's image; `working` only. */
  readonly image?: string;
  /** Revision of the migration task definition that the stack names. */
  readonly revision?: number;
  /** Status of the ComputeStack. */
  readonly stackStatus?: string;
  /** Outputs that the ComputeStack has beyond the usual ones, or instead of them. */
  readonly extraOutputs?: Readonly<Record<string, string>>;
  /** Output keys that no stack of the environment has. */
  readonly removedOutputs?: readonly string[];
  /** Members that MigrationContainer has instead of the usual ones, or a function from the usual definition. */
  readonly container?: Partial<ContainerDefinition> | ((usual: ContainerDefinition) => ContainerDefinition);
  readonly extraContainers?: readonly ContainerDefinition[];
  /** How many more security groups of the ComputeStack have a logical id that starts with MigrationSecurityGroup. */
  readonly extraMigrationSecurityGroups?: number;
  /** The last word on each stack; `undefined` leaves the stack out. */
  readonly stack?: (usual: Stack) => Stack | undefined;
}

/** The JSON that the secret's attachment to RDS makes (wumbo-environment.md, "DB secret"). */
export interface DatabaseSecret {
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly engine?: string;
  readonly dbInstanceIdentifier?: string;
}

/** The account and region that everything belongs to. */
export interface Home {
  readonly region: string;
  readonly accountId: string;
}

/** The names and identifiers that the stacks of one environment share. */
export interface WumboNames {
  readonly environment: string;
  readonly cluster: string;
  readonly family: string;
  readonly vpcId: string;
  readonly subnets: readonly WumboSubnet[];
  readonly migrationSecurityGroupId: string;
  readonly backendSecurityGroupId: string;
  readonly databaseSecurityGroupId: string;
  readonly databaseSecretArn: string;
  readonly applicationSecretArn: string;
  readonly migrationTaskDefinitionArn: string;
  readonly backendTaskDefinitionArn: string;
  /** The explicit one of the documentation. */
  readonly logGroup: string;
  /** The one that CDK generates for the original's log driver. */
  readonly generatedLogGroup: string;
}

export interface WumboSubnet {
  readonly id: string;
  readonly logicalId: string;
  readonly kind: 'Public' | 'Private' | 'Isolated';
  readonly availabilityZone: string;
}

/** Logical ids of the private subnets as the original's synth has them. */
const knownSubnetIds: Readonly<Record<string, string>> = {
  Private1: 'VpcPrivateSubnet1Subnet536B997A',
  Private2: 'VpcPrivateSubnet2Subnet3788AAA1',
};

export function wumboNames({ region, accountId }: Home, { name, revision = 7 }: WumboEnvironment): WumboNames {
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  const secret = (which: string): string =>
    arn('secretsmanager', `secret:${name}/wumbo/${which}-${hexOf(`${name} ${which} secret`, 6)}`);
  return {
    environment: name,
    cluster: `${name}-wumbo-cluster`,
    family: `${name}-wumbo-migration`,
    vpcId: `vpc-0${hexOf(`${name} vpc`, 16)}`,
    subnets: (['Public', 'Private', 'Isolated'] as const).flatMap((kind) =>
      [1, 2].map((zone) => ({
        id: `subnet-0${hexOf(`${name} ${kind}${zone}`, 16)}`,
        logicalId: knownSubnetIds[`${kind}${zone}`] ?? logicalId(`Vpc${kind}Subnet${zone}Subnet`),
        kind,
        availabilityZone: `${region}${zone === 1 ? 'a' : 'b'}`,
      })),
    ),
    migrationSecurityGroupId: `sg-0${hexOf(`${name} migration`, 16)}`,
    backendSecurityGroupId: `sg-0${hexOf(`${name} backend`, 16)}`,
    databaseSecurityGroupId: `sg-0${hexOf(`${name} database`, 16)}`,
    databaseSecretArn: secret('database'),
    applicationSecretArn: secret('app'),
    migrationTaskDefinitionArn: arn('ecs', `task-definition/${name}-wumbo-migration:${revision}`),
    backendTaskDefinitionArn: arn('ecs', `task-definition/${name}-wumbo-backend:12`),
    logGroup: `/aws/ecs/${name}-wumbo-cluster/migration`,
    generatedLogGroup: `${name}-ComputeStack-${logicalId('MigrationTaskDefinitionMigrationContainerLogGroup')}-${hexOf(`${name} log group`, 12)}`,
  };
}

export function stackId({ region, accountId }: Home, name: string): string {
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/${uuidOf(name)}`;
}
