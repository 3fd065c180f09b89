import * as z from 'zod/mini';

import { AwsError } from '../aws-error.ts';
import type { Region } from '../region.ts';

export const tagList = z.array(z.strictObject({ key: z.string(), value: z.optional(z.string()) }));
export type Tag = z.output<typeof tagList>[number];

export const environmentList = z.array(z.strictObject({ name: z.string(), value: z.string() }));

/** Members of the model that the stand-in stores and gives back, and does nothing with. */
const kept = z.optional(z.unknown());
const strings = z.optional(z.array(z.string()));
const flag = z.optional(z.boolean());
const integer = z.optional(z.int());

const keptMembers = {
  repositoryCredentials: kept,
  links: kept,
  portMappings: kept,
  restartPolicy: kept,
  environmentFiles: kept,
  mountPoints: kept,
  volumesFrom: kept,
  linuxParameters: kept,
  dependsOn: kept,
  startTimeout: kept,
  versionConsistency: kept,
  hostname: kept,
  disableNetworking: kept,
  privileged: kept,
  dnsServers: kept,
  dnsSearchDomains: kept,
  extraHosts: kept,
  dockerSecurityOptions: kept,
  interactive: kept,
  pseudoTerminal: kept,
  dockerLabels: kept,
  ulimits: kept,
  healthCheck: kept,
  systemControls: kept,
  resourceRequirements: kept,
  firelensConfiguration: kept,
  credentialSpecs: kept,
};

const containerDefinition = z.strictObject({
  name: z.string(),
  image: z.string(),
  essential: flag,
  entryPoint: strings,
  command: strings,
  environment: z.optional(environmentList),
  secrets: z.optional(z.array(z.strictObject({ name: z.string(), valueFrom: z.string() }))),
  logConfiguration: z.optional(
    z.strictObject({
      logDriver: z.string(),
      options: z.optional(z.record(z.string(), z.string())),
      secretOptions: kept,
    }),
  ),
  stopTimeout: integer,
  workingDirectory: z.optional(z.string()),
  cpu: integer,
  memory: integer,
  memoryReservation: integer,
  user: z.optional(z.string()),
  readonlyRootFilesystem: flag,
  ...keptMembers,
});

/** Parameters of RegisterTaskDefinition; names and types from @aws-sdk/client-ecs 3.1164. */
export const taskDefinitionParameters = z.strictObject({
  family: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,255}$/)),
  containerDefinitions: z.array(containerDefinition).check(z.minLength(1)),
  taskRoleArn: z.optional(z.string()),
  executionRoleArn: z.optional(z.string()),
  networkMode: z.optional(z.enum(['awsvpc', 'bridge', 'host', 'none'])),
  requiresCompatibilities: z.optional(z.array(z.enum(['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']))),
  cpu: z.optional(z.string()),
  memory: z.optional(z.string()),
  tags: z.optional(tagList),
  volumes: kept,
  placementConstraints: kept,
  pidMode: z.optional(z.string()),
  ipcMode: z.optional(z.string()),
  proxyConfiguration: kept,
  inferenceAccelerators: kept,
  ephemeralStorage: z.optional(z.strictObject({ sizeInGiB: z.int() })),
  runtimePlatform: z.optional(
    z.strictObject({ cpuArchitecture: z.optional(z.string()), operatingSystemFamily: z.optional(z.string()) }),
  ),
  enableFaultInjection: flag,
});

export type ContainerDefinition = z.output<typeof containerDefinition>;
export type TaskDefinitionParameters = z.output<typeof taskDefinitionParameters>;

/** A registered revision of a task definition. */
export interface TaskDefinition extends TaskDefinitionParameters {
  readonly arn: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE';
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
}

export function taskDefinitionArn(
  { name, accountId }: Pick<Region, 'name' | 'accountId'>,
  family: string,
  revision: number,
): string {
  return `arn:aws:ecs:${name}:${accountId}:task-definition/${family}:${revision}`;
}

/**
 * The revision that `family`, `family:revision` or an ARN means; a family alone is its newest active revision.
 * @throws AwsError ClientException in ECS's words when there is none.
 */
export function findTaskDefinition(region: Region, reference: string): TaskDefinition {
  const name = reference.startsWith('arn:') ? reference.split(':task-definition/')[1] : reference;
  const match = /^([A-Za-z0-9_-]+)(?::(\d+))?$/.exec(name ?? '');
  const candidates = region.taskDefinitions.filter(
    ({ family, revision, status, arn }) =>
      family === match?.[1] &&
      (match[2] === undefined ? status === 'ACTIVE' : revision === Number(match[2])) &&
      (!reference.startsWith('arn:') || arn.startsWith(reference)),
  );
  const newest = candidates.toSorted((left, right) => right.revision - left.revision)[0];
  if (!newest) throw new AwsError('ClientException', 'Unable to describe task definition.');
  return newest;
}

/** The `taskDefinition` member of answers. */
export function describeDefinition(definition: TaskDefinition): object {
  const { arn, tags: _tags, registeredAt, ...parameters } = definition;
  return {
    taskDefinitionArn: arn,
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [],
    compatibilities: ['EC2', 'FARGATE'],
    ...parameters,
    containerDefinitions: definition.containerDefinitions.map((container) => ({
      cpu: 0,
      portMappings: [],
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      ...container,
    })),
    registeredAt: registeredAt / 1_000,
    registeredBy: `arn:aws:iam::${arn.split(':')[4] ?? ''}:user/deploy`,
  };
}
