import type { AccessKey, Account, DockerImage, ImageProgram, Secret, Stack } from '../account.ts';
import { extraSecurityGroupId, wumboComputeStack } from './wumbo-compute-stack.ts';
import {
  wumboNames,
  type DatabaseSecret,
  type Home,
  type WumboEnvironment,
  type WumboNames,
} from './wumbo-environment.ts';
import { wumboOtherStacks } from './wumbo-other-stacks.ts';
import { wumboSecurityStack } from './wumbo-security-stack.ts';
import { wumboTaskDefinition } from './wumbo-task-definition.ts';

export interface WumboAccountOptions {
  readonly environments: readonly WumboEnvironment[];
  /** Programs by image; the working task definition's image is found under `wumbo-migration`. */
  readonly images: Readonly<Record<string, ImageProgram | DockerImage>>;
  readonly region?: string;
  readonly accountId?: string;
  readonly accessKeys?: Readonly<Record<string, AccessKey>>;
}

/** An account that holds every environment in the shape that Wumbo's own CDK code gives it (facts/wumbo-environment.md). */
export function wumboAccount({
  environments,
  images,
  region = 'us-east-1',
  accountId = '123456789012',
  accessKeys = { local: { secretAccessKey: 'local' } },
}: WumboAccountOptions): Account {
  const home: Home = { region, accountId };
  const all = environments.map((environment) => ({ environment, names: wumboNames(home, environment) }));
  return {
    accountId,
    region,
    accessKeys,
    images,
    stacks: all.flatMap(({ environment, names }) => stacksOf(home, environment, names)),
    subnets: all.flatMap(({ names }) =>
      names.subnets.map(({ id, availabilityZone }) => ({ id, availabilityZone, vpcId: names.vpcId })),
    ),
    securityGroups: all.flatMap(({ environment, names }) =>
      securityGroupIds(environment, names).map((id) => ({ id, vpcId: names.vpcId })),
    ),
    clusters: all.map(({ names }) => names.cluster),
    services: all.map(({ names }) => ({
      name: `${names.environment}-wumbo-backend`,
      cluster: names.cluster,
      taskDefinitionArn: names.backendTaskDefinitionArn,
      subnets: names.subnets.filter(({ kind }) => kind === 'Private').map(({ id }) => id),
      securityGroups: [names.backendSecurityGroupId],
    })),
    taskDefinitions: all.map(({ environment, names }) => wumboTaskDefinition(home, environment, names)),
    logGroups: all.map(({ environment, names }) =>
      environment.taskDefinition === 'original' ? names.generatedLogGroup : names.logGroup,
    ),
    secrets: all.flatMap(({ environment, names }) => secretsOf(environment.database, names)),
  };
}

function stacksOf(home: Home, environment: WumboEnvironment, names: WumboNames): readonly Stack[] {
  const { extraOutputs = {}, removedOutputs = [], stack: change = (usual) => usual } = environment;
  const compute = wumboComputeStack(home, environment, names);
  const withExtra: Stack = {
    ...compute,
    outputs: [
      ...compute.outputs.filter(({ key }) => !Object.hasOwn(extraOutputs, key)),
      ...Object.entries(extraOutputs).map(([key, value]) => ({ key, value })),
    ],
  };
  return [wumboSecurityStack(home, names), ...wumboOtherStacks(home, environment, names), withExtra].flatMap(
    (stack) => {
      const outputs = stack.outputs.filter(({ key }) => !removedOutputs.includes(key));
      return change({ ...stack, outputs }) ?? [];
    },
  );
}

function securityGroupIds(
  { extraMigrationSecurityGroups = 0 }: WumboEnvironment,
  names: WumboNames,
): readonly string[] {
  return [
    names.migrationSecurityGroupId,
    ...Array.from({ length: extraMigrationSecurityGroups }, (_, index) => extraSecurityGroupId(names, index)),
    names.backendSecurityGroupId,
    names.databaseSecurityGroupId,
  ];
}

function secretsOf(database: DatabaseSecret, names: WumboNames): readonly Secret[] {
  const defaults = { engine: 'postgres', dbInstanceIdentifier: `${names.environment}-wumbo-db` };
  return [
    { arn: names.databaseSecretArn, value: JSON.stringify({ ...defaults, ...database }) },
    {
      arn: names.applicationSecretArn,
      value: JSON.stringify({ secret_key: 'not-a-real-key', encryption_key: 'not-a-real-key-either' }),
    },
  ];
}
