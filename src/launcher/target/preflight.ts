import type { ContainerDefinition, TaskDefinition } from '../aws/task-definition.ts';

/**
 * What is likely to go wrong with this task definition, one warning each. Warnings only: ECS decides, and what it decides
 * is explained afterwards.
 */
export function checkTaskDefinition(definition: TaskDefinition, container: ContainerDefinition): readonly string[] {
  return [
    ...(definition.active
      ? []
      : [`${definition.name} is INACTIVE: ECS will refuse to run it. Deploy the stack, or pass --latest.`]),
    ...secretKeyWarnings(container),
    ...wholeSecretWarnings(container),
    ...logModeWarnings(container),
    ...imageWarnings(container),
    ...(container.restarts
      ? [
          `${container.name} has a restart policy: ECS would run a migration again that failed half-way. Remove restartPolicy.`,
        ]
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

/** A variable that is meant to be one value gets a whole JSON document when no key is named. */
function wholeSecretWarnings({ secrets }: ContainerDefinition): string[] {
  return secrets
    .filter(({ name, valueFrom }) => {
      const isSecret = valueFrom.startsWith('arn:') && valueFrom.includes(':secretsmanager:');
      const isOneValue = /^(DATABASE_URL|MIGRATE_DATABASE_URL|PG[A-Z]+)$/.test(name);
      return isSecret && isOneValue && !jsonKey(valueFrom) && /database|postgres|rds/i.test(valueFrom);
    })
    .map(
      ({ name, valueFrom }) =>
        `${name} takes the whole secret ${secretName(valueFrom)}, without a JSON key: a database secret is a JSON document, and no ${name}. Call the variable DATABASE_SECRET, which migrate reads as such.`,
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
    return [
      `The image ${image} is a placeholder: it holds no migrate program. Build the image of this repository, and deploy a task definition with it.`,
    ];
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  if (image.includes('@sha256:') || (tag !== undefined && tag !== 'latest')) return [];
  return [
    `The image ${image} is not pinned (:latest): which revisions it holds depends on the last push. Deploy a task definition with a version tag or a digest.`,
  ];
}

/** arn:aws:secretsmanager:region:account:secret:name:key:stage:version */
function jsonKey(valueFrom: string): string | undefined {
  return valueFrom.startsWith('arn:') && valueFrom.includes(':secretsmanager:') ? valueFrom.split(':')[7] : undefined;
}

function secretName(valueFrom: string): string {
  return valueFrom.split(':')[6] ?? valueFrom;
}
