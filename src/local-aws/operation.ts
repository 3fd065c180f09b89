import type * as z from 'zod/mini';

import { AwsError } from './aws-error.ts';
import type { Region } from './region.ts';

/** One API operation: the shape of its parameters and what it answers in the caller's region. */
export interface Operation {
  readonly check: (parameters: unknown) => unknown;
  readonly answer: (parameters: unknown, region: Region) => object | Promise<object>;
}

/** Names of the two refusals that every parameter check needs: ECS and Logs say `InvalidParameterException`, Query services `ValidationError`. */
export type InvalidParameterType = 'InvalidParameterException' | 'ValidationError';

/**
 * Makes an operation whose parameters are checked against the schema first. A member that AWS's model does not have is refused
 * too: AWS drops it silently, which would hide a misspelled parameter from our tests.
 */
export function operation<Schema extends z.ZodMiniType>(
  schema: Schema,
  answer: (parameters: z.output<Schema>, region: Region) => object | Promise<object>,
  invalidType: InvalidParameterType = 'InvalidParameterException',
): Operation {
  return {
    check: (parameters) => {
      const result = schema.safeParse(parameters);
      if (!result.success) throw parameterError(result.error.issues[0], parameters, invalidType);
      return result.data;
    },
    answer: (parameters, region) => answer(parameters as z.output<Schema>, region),
  };
}

/** The first problem in AWS's words: a wrong JSON type is a SerializationException, everything else an invalid parameter. */
function parameterError(
  issue: z.core.$ZodIssue | undefined,
  parameters: unknown,
  invalidType: InvalidParameterType,
): AwsError {
  const place = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys')
    return new AwsError(
      invalidType,
      `Unknown parameter${place === '' ? '' : ` in ${place}`}: ${issue.keys.map((key) => `"${key}"`).join(', ')}`,
    );
  const value = issue?.path.reduce<unknown>((outer, key) => (outer as Record<PropertyKey, unknown>)?.[key], parameters);
  if (value === undefined) return new AwsError(invalidType, `Missing required parameter: "${place}"`);
  if (issue?.code === 'invalid_type' && invalidType === 'InvalidParameterException')
    return new AwsError(
      'SerializationException',
      `${typeName(value)} can not be converted to ${issue.expected} at "${place}"`,
    );
  return new AwsError(
    invalidType,
    `1 validation error detected: Value at '${place}' failed to satisfy constraint: ${constraintOf(issue)}`,
  );
}

/** The schema's own words where it has some, else AWS's usual ones. */
function constraintOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'unknown';
  if (issue.message !== 'Invalid input') return issue.message;
  if (issue.code === 'invalid_value') return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
  if (issue.code === 'too_big')
    return `Member must have ${measureOf(issue.origin)} less than or equal to ${issue.maximum}`;
  if (issue.code === 'too_small')
    return `Member must have ${measureOf(issue.origin)} greater than or equal to ${issue.minimum}`;
  if (issue.code === 'invalid_format')
    return `Member must satisfy regular expression pattern: ${issue.pattern ?? issue.format}`;
  return issue.code;
}

function measureOf(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'value' : 'length';
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  return typeof value === 'object' ? 'START_OBJECT' : `${(typeof value).toUpperCase()}_VALUE`;
}
