import type { ContainerDefinition, TaskDefinition } from './aws/task-definition.ts';

/**
 * What is likely to go wrong with this task definition, one warning each. Warnings only: ECS decides, and what it decides
 * is explained afterwards.
 */
export function checkTaskDefinition(definition: TaskDefinition, container: ContainerDefinition): readonly string[] {
  return [
    ...(definition.active ? [] : [`${definition.name} is INACTIVE: ECS will refuse to run it.`]),
    ...secretKeyWarnings(container),
    ...logModeWarnings(container),
    ...imageWarnings(container),
    ...(container.restarts
      ? [`${container.name} has a restart policy: ECS would run a migration again that failed half-way.`]
      : []),
  ];
}

/** RDS's generated secret holds username, password, host, port, dbname: a key `url` stops the task before it starts. */
function secretKeyWarnings({ secrets }: ContainerDefinition): string[] {
  return secrets
    .filter(
      ({ name, valueFrom }) =>
        jsonKey(valueFrom) === 'url' && /database|postgres|\bdb\b|rds/i.test(`${name} ${valueFrom}`),
    )
    .map(
      ({ name, valueFrom }) =>
        `${name} takes the key "url" of the secret ${secretName(valueFrom)}, which a generated database secret does not have: the task would stop before it starts. Give the container the whole secret as DATABASE_SECRET.`,
    );
}

/** Since 2025-06-25 ECS drops lines when its buffer is full, unless the mode is `blocking`. */
function logModeWarnings({ name, logDriver, logOptions }: ContainerDefinition): string[] {
  if (logDriver !== 'awslogs' || logOptions['mode'] === 'blocking') return [];
  const mode = logOptions['mode'] === undefined ? 'not set, so it is non-blocking' : logOptions['mode'];
  return [`The log mode of ${name} is ${mode}: ECS may drop lines. Set "mode": "blocking" in its log configuration.`];
}

function imageWarnings({ image }: ContainerDefinition): string[] {
  if (/(^|\/)python:[\w.]*-?slim$|(^|\/)(busybox|hello-world|alpine)(:[\w.]+)?$/.test(image))
    return [`The image ${image} is a placeholder: it holds no migrate program.`];
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  if (image.includes('@sha256:') || (tag !== undefined && tag !== 'latest')) return [];
  return [`The image ${image} is not pinned (:latest): which revisions it holds depends on the last push.`];
}

/** arn:aws:secretsmanager:region:account:secret:name:key:stage:version */
function jsonKey(valueFrom: string): string | undefined {
  return valueFrom.startsWith('arn:') && valueFrom.includes(':secretsmanager:') ? valueFrom.split(':')[7] : undefined;
}

function secretName(valueFrom: string): string {
  return valueFrom.split(':')[6] ?? valueFrom;
}
