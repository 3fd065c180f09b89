import type { TaskDefinitionDescription } from '../account.ts';
import type { ContainerDefinition } from '../ecs/task-definition.ts';
import type { Home, WumboEnvironment, WumboNames } from './wumbo-environment.ts';

/** The migration task definition of an environment: 256 CPU, 512 MiB, one container `MigrationContainer` before the extra ones. */
export function wumboTaskDefinition(
  home: Home,
  environment: WumboEnvironment,
  names: WumboNames,
): TaskDefinitionDescription {
  const role = (name: string): string =>
    `arn:aws:iam::${home.accountId}:role/${names.environment}-ComputeStack-${name}`;
  const isOriginal = environment.taskDefinition === 'original';
  const usual = isOriginal ? originalContainer(home, names) : workingContainer(home, environment, names);
  const { container = {}, extraContainers = [], revision = 7 } = environment;
  const patched = typeof container === 'function' ? container(usual) : { ...usual, ...container };
  return {
    family: names.family,
    revision,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: role('MigrationTaskDefinitionExecutionRole'),
    taskRoleArn: role('MigrationTaskDefinitionTaskRole'),
    containerDefinitions: [patched, ...extraContainers],
  };
}

function workingContainer(
  { region, accountId }: Home,
  { image }: WumboEnvironment,
  names: WumboNames,
): ContainerDefinition {
  return {
    name: 'MigrationContainer',
    image: image ?? `${accountId}.dkr.ecr.${region}.amazonaws.com/wumbo-migration:2026.11.22`,
    essential: true,
    environment: [{ name: 'ENVIRONMENT', value: names.environment }],
    secrets: [{ name: 'DATABASE_SECRET', valueFrom: names.databaseSecretArn }],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': names.logGroup,
        'awslogs-region': region,
        'awslogs-stream-prefix': 'migration',
        mode: 'blocking',
      },
    },
  };
}

/** What the original's compute_stack.py deploys (wumbo-environment.md, bugs 1, 2, 3, 5 and 11). */
function originalContainer({ region }: Home, names: WumboNames): ContainerDefinition {
  return {
    name: 'MigrationContainer',
    image: 'public.ecr.aws/docker/library/python:3.11-slim',
    essential: true,
    command: ['python', 'scripts/run_migrations.py'],
    environment: [{ name: 'ENVIRONMENT', value: names.environment }],
    secrets: [
      { name: 'DATABASE_URL', valueFrom: `${names.databaseSecretArn}:url::` },
      { name: 'SECRET_KEY', valueFrom: `${names.applicationSecretArn}:secret_key::` },
      { name: 'ENCRYPTION_KEY', valueFrom: `${names.applicationSecretArn}:encryption_key::` },
    ],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': names.generatedLogGroup,
        'awslogs-stream-prefix': 'migration',
        'awslogs-region': region,
      },
    },
  };
}
