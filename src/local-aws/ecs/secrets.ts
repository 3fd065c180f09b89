import type { Secret } from '../account.ts';
import type { ContainerDefinition } from './task-definition.ts';
import { StartFailure } from './start-failure.ts';

const prefix =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:';
const retried = 'service call has been retried 1 time(s):';

/**
 * The environment variables that a container's `secrets` make. `valueFrom` is a secret's ARN, or ARN:json-key:stage:version
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html).
 * @throws StartFailure in the agent's words (amazon-ecs-agent, agent/asm/asm.go).
 */
export function resolveSecrets(
  { secrets: wanted = [] }: Pick<ContainerDefinition, 'secrets'>,
  secrets: readonly Secret[],
): Record<string, string> {
  return Object.fromEntries(wanted.map(({ name, valueFrom }) => [name, secretValue(valueFrom, secrets)]));
}

function secretValue(valueFrom: string, secrets: readonly Secret[]): string {
  const parts = valueFrom.split(':');
  if (parts[2] !== 'secretsmanager')
    throw new StartFailure(
      `${prefix} unable to retrieve secrets from ssm: ${retried} invalid ssm parameters: ${valueFrom}`,
    );
  const arn = parts.slice(0, 7).join(':');
  // The six characters that Secrets Manager adds may be left out.
  const secret = secrets.find(
    (candidate) => candidate.arn === arn || candidate.arn.replace(/-[A-Za-z0-9]{6}$/, '') === arn,
  );
  if (!secret)
    throw asmFailure(
      `failed to fetch secret ${arn} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    );
  const key = parts[7] ?? '';
  return key === '' ? secret.value : memberOf(secret.value, key);
}

function memberOf(secret: string, key: string): string {
  let members: unknown;
  try {
    members = JSON.parse(secret);
  } catch {
    throw asmFailure(`invalid character '${secret[0] ?? ''}' looking for beginning of value`);
  }
  if (typeof members !== 'object' || members === null || !Object.hasOwn(members, key))
    throw asmFailure(`retrieved secret from Secrets Manager did not contain json key ${key}`);
  const value = (members as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asmFailure(detail: string): StartFailure {
  return new StartFailure(`${prefix} unable to retrieve secret from asm: ${retried} ${detail}`);
}
