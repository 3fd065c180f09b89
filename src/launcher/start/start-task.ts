import { AppError } from '../../contract/app-error.ts';
import { formatDuration } from '../../contract/duration.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { AwsError, isPassing } from '../aws/aws-error.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import type { RunTaskAnswer, RunTaskRequest } from '../aws/tasks.ts';
import type { Clock } from '../clock.ts';
import { leastTries, retryBudgetMs, type Pace } from '../pace.ts';
import { sentence } from '../../contract/sentence.ts';
import { explainStopReason } from '../verdict/stop-reason.ts';

export interface TaskStarter {
  run(request: RunTaskRequest): Promise<RunTaskAnswer>;
  listStartedBy(cluster: string, startedBy: string): Promise<readonly string[]>;
  describe(cluster: string, arns: readonly string[]): Promise<readonly TaskSnapshot[]>;
}

interface Start {
  readonly tasks: TaskStarter;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Told before each wait. */
  readonly warn: (text: string) => void;
  /** Aborts when no further try is wanted. */
  readonly interrupted: AbortSignal;
}

/**
 * Starts the task, once. The client token stays the same through all tries, and before a try that follows a lost answer
 * we look for a task of ours: a failed RunTask may have started one (airflow #16150).
 * Throws an AppError (125) when AWS refuses or the tries are used up.
 */
export async function startTask(start: Start, request: RunTaskRequest): Promise<TaskSnapshot> {
  const { tasks, clock, pace, warn, interrupted } = start;
  const startedAtMs = clock.now();
  let current = request;
  for (let tries = 1; ; tries += 1) {
    const attempt = await tryOnce(tasks, current);
    if (attempt.kind === 'started') return attempt.task;
    if (isTaggingDenied(attempt.error) && Object.keys(current.tags).length > 0) {
      warn('The task gets no tags, because AWS denied ecs:TagResource; it is found by startedBy all the same.');
      current = { ...current, tags: {} };
      continue;
    }
    const waitMs = Math.min(pace.retryMs * 2 ** (tries - 1), 30_000);
    const outOfTime = tries >= leastTries && clock.now() - startedAtMs + waitMs > retryBudgetMs(pace);
    if (!attempt.retry || outOfTime || interrupted.aborted) {
      // A failure is not always the truth: the task may be there (airflow #16150).
      const started = attempt.doubtful && !interrupted.aborted ? await findOwn(tasks, request) : undefined;
      if (started) return started;
      throw attempt.error;
    }
    warn(
      `No task yet: ${sentence(attempt.error.message)} Trying again in ${formatDuration(waitMs)} (try ${tries + 1}).`,
    );
    await clock.sleep(waitMs, interrupted);
    const earlier = await findOwn(tasks, request);
    if (earlier) return earlier;
    if (interrupted.aborted) throw attempt.error;
  }
}

type Attempt =
  | { readonly kind: 'started'; readonly task: TaskSnapshot }
  | {
      readonly kind: 'refused';
      readonly error: AppError;
      readonly retry: boolean;
      /** A task may have been started all the same. */ readonly doubtful: boolean;
    };

async function tryOnce(tasks: TaskStarter, request: RunTaskRequest): Promise<Attempt> {
  try {
    const { task, failures } = await tasks.run(request);
    if (task) return { kind: 'started', task };
    return { kind: 'refused', error: noTask(failures), retry: failures.some(isPassingFailure), doubtful: true };
  } catch (error) {
    if (error instanceof AwsError && error.kind === 'conflict') throw tokenTaken(error);
    if (error instanceof AwsError)
      // IAM's refusal says "on resource: arn…", which reads like a shortage of ECS's: only what ECS itself rejected is looked at.
      return {
        kind: 'refused',
        error,
        retry: isPassing(error) || (error.kind === 'rejected' && isPassingFailure(error.reason)),
        doubtful: error.kind === 'unavailable',
      };
    throw error;
  }
}

/** A task of this very launch that RunTask started without telling us. Trouble here is RunTask's to report. */
async function findOwn(tasks: TaskStarter, { cluster, startedBy }: RunTaskRequest): Promise<TaskSnapshot | undefined> {
  try {
    const arns = await tasks.listStartedBy(cluster, startedBy);
    return arns.length === 0 ? undefined : (await tasks.describe(cluster, arns))[0];
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/** Failures that pass by themselves: capacity, a busy agent, throttling, the limit of tasks that may be provisioning. */
function isPassingFailure(reason: string): boolean {
  return /capacity|\bAGENT\b|RESOURCE:|throttl|rate exceeded|limit.*(?:provisioning|concurrent)|try again/i.test(
    reason,
  );
}

/** Starting tagged needs a right of its own (ECS developer guide, "Grant permission to tag resources on creation"). */
function isTaggingDenied(error: AppError): boolean {
  return error instanceof AwsError && error.kind === 'denied' && /ecs:TagResource/.test(error.reason);
}

function noTask(failures: readonly string[]): AppError {
  const reason = failures.join('; ') || 'no reason given';
  const explanation = explainStopReason(reason);
  return new AppError({
    code: 'run-task-failed',
    exitCode: exitCodes.awsRefused,
    message: `ECS started no task: ${reason.replace(/[.\s]+$/, '')}${explanation ? ` (${explanation.meaning})` : ''}.`,
    hint: explanation?.nextStep ?? 'Correct what AWS names, then launch again; nothing ran.',
  });
}

function tokenTaken(error: AwsError): AppError {
  const earlier = error.resourceIds.join(', ') || 'a task that AWS does not name';
  return new AppError({
    code: 'run-id-taken',
    exitCode: exitCodes.awsRefused,
    message: `This run id started ${earlier} already, in another network or with another task definition.`,
    hint: 'Look at that task (launch-migration tasks, launch-migration attach), or launch with another --run-id.',
    cause: error,
  });
}
