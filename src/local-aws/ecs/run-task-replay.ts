import { AwsError } from '../aws-error.ts';
import type { Task } from './task.ts';

/** What a RunTask call with a client token made, kept to answer its repetition. */
export interface RunTaskReplay {
  /** The call's parameters without the token, in a canonical form. */
  readonly fingerprint: string;
  readonly tasks: readonly Task[];
}

/** The same text for the same parameters, whatever the order of their members. */
export function fingerprintOf(parameters: unknown): string {
  return JSON.stringify(parameters, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}

/**
 * The tasks of the earlier call with this token (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html).
 * @throws AwsError ConflictException with the earlier tasks in `resourceIds` when the parameters differ.
 */
export function replayedTasks(replay: RunTaskReplay | undefined, fingerprint: string): readonly Task[] | undefined {
  if (!replay || replay.fingerprint === fingerprint) return replay?.tasks;
  throw new AwsError(
    'ConflictException',
    'The specified client token has already been used with different parameters. Use a different client token or the same parameters.',
    { members: { resourceIds: replay.tasks.map(({ arn }) => arn) } },
  );
}
