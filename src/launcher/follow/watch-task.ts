import { AwsError } from '../aws/aws-error.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import type { Clock } from '../clock.ts';
import { missingToleranceMs, settleMs, type Pace } from '../pace.ts';
import { hasStarted } from '../verdict/verdict.ts';

/** How the watch over a task ended. */
export type WatchEnd =
  | { readonly kind: 'over'; readonly task: TaskSnapshot }
  /** With the phase that the task was in, when it was ever seen. */
  | { readonly kind: 'start-timeout'; readonly status: string | undefined }
  /** The task cannot be seen any more; what became of it is unknown. */
  | { readonly kind: 'lost'; readonly reason: string; readonly nextStep: string | undefined };

export interface TaskSource {
  /** `undefined` while ECS does not know the task (MISSING). */
  describe(): Promise<TaskSnapshot | undefined>;
}

export interface TaskListener {
  snapshot(task: TaskSnapshot, state: ContainerState): void;
  trouble(text: string): void;
}

export type ContainerState =
  | 'alive'
  /** Over, but ECS may still add the exit code or the reason. */
  | 'settling'
  | 'over';

interface Watch {
  readonly source: TaskSource;
  readonly listener: TaskListener;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly signals: { readonly endIsNear: AbortSignal; readonly abandoned: AbortSignal };
}

interface Limits {
  readonly container: string;
  readonly startTimeoutMs: number;
  /** Where somebody can log in again: how long to wait between two tries. `undefined`: nobody can. */
  readonly loginPollMs?: number | undefined;
  /** What RunTask showed: a repeated run id gives a task that may be over, and forgotten by DescribeTasks. */
  readonly known?: TaskSnapshot | undefined;
}

/**
 * Looks at the task until the container of that name is over: the container, not the task, whose network interface may
 * take another minute to go. Throttling and broken connections slow it down and never end it.
 */
export async function watchTask(
  { source, listener, clock, pace, signals }: Watch,
  { container, startTimeoutMs, loginPollMs, known }: Limits,
): Promise<WatchEnd> {
  const beganAtMs = clock.now();
  let lastSeenAtMs = beganAtMs;
  let settlingSinceMs: number | undefined;
  let started = false;
  let status: string | undefined;
  let troubles = 0;
  let polls = 0;
  let loggedOut = false;
  while (!signals.abandoned.aborted) {
    try {
      const task = await source.describe();
      troubles = 0;
      if (loggedOut) listener.trouble('The AWS credentials work again; going on.');
      loggedOut = false;
      if (task) {
        lastSeenAtMs = clock.now();
        status = task.lastStatus;
        started ||= hasStarted(task, container);
        const state = containerState(task, container);
        listener.snapshot(task, state);
        if (state === 'settling') settlingSinceMs ??= clock.now();
        const settled = settlingSinceMs !== undefined && clock.now() - settlingSinceMs >= settleMs(pace);
        if (state === 'over' || settled) return { kind: 'over', task };
      } else if (known && containerState(known, container) === 'over') return { kind: 'over', task: known };
      else if (clock.now() - lastSeenAtMs >= missingToleranceMs(pace)) return missing(container);
    } catch (error) {
      if (loginPollMs !== undefined && isLoggedOut(error)) {
        if (!loggedOut) listener.trouble(`${error.message} ${error.hint}; waiting for it, the task goes on meanwhile.`);
        loggedOut = true;
        await clock.sleep(loginPollMs, signals.abandoned);
        continue;
      }
      troubles += 1;
      // A credentials service may fail for a moment; an expired session does not come back.
      const lost = isLoggedOut(error) && troubles < 3 ? undefined : lostSight(error);
      if (lost) return lost;
      if (troubles === 3)
        listener.trouble(`AWS cannot be asked at the moment, trying again: ${(error as Error).message}`);
    }
    if (!started && clock.now() - beganAtMs >= startTimeoutMs) return { kind: 'start-timeout', status };
    polls += 1;
    const quick = signals.endIsNear.aborted || settlingSinceMs !== undefined;
    const waitMs = pollDelayMs({ polls, started, quick, troubles }, pace.pollMs);
    await clock.sleep(waitMs, quick ? signals.abandoned : AbortSignal.any([signals.endIsNear, signals.abandoned]));
  }
  return { kind: 'lost', reason: 'nobody waited any more', nextStep: undefined };
}

/** Whether the container of that name still runs, by what DescribeTasks showed. Pure. */
export function containerState(task: TaskSnapshot, name: string): ContainerState {
  const container = task.containers.find((candidate) => candidate.name === name);
  const exitCode = container?.exitCode;
  if (exitCode !== undefined) {
    // A signal's exit code says that somebody ended it; who it was comes with the stop code.
    return exitCode > 128 && task.stopCode === undefined && task.lastStatus !== 'STOPPED' ? 'settling' : 'over';
  }
  const taskIsOver = task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING';
  if (container?.lastStatus !== 'STOPPED' && !taskIsOver) return 'alive';
  return task.stopCode === 'TaskFailedToStart' && task.stoppedReason !== undefined ? 'over' : 'settling';
}

/** The time until the next look: quick at the end, a little slower the longer the start takes, slow in trouble. Pure. */
export function pollDelayMs(
  state: { readonly polls: number; readonly started: boolean; readonly quick: boolean; readonly troubles: number },
  pollMs: number,
): number {
  if (state.troubles > 0) return Math.min(pollMs * 2 ** state.troubles, pollMs * 10);
  if (state.quick) return Math.max(pollMs / 4, 50);
  const growth = state.started ? 1 + state.polls / 60 : 1 + state.polls / 20;
  return pollMs * Math.min(growth, 3);
}

function missing(container: string): WatchEnd {
  return {
    kind: 'lost',
    reason: `ECS does not know the task of ${container} (MISSING)`,
    nextStep: 'Check the cluster and the region; ECS forgets a stopped task after about an hour.',
  };
}

function isLoggedOut(error: unknown): error is AwsError {
  return error instanceof AwsError && error.kind === 'credentials';
}

/** What cannot get better by trying again: no right to look, no credentials. */
function lostSight(error: unknown): WatchEnd | undefined {
  if (!(error instanceof AwsError)) throw error;
  if (error.kind === 'throttled' || error.kind === 'unavailable') return undefined;
  return { kind: 'lost', reason: error.message, nextStep: error.hint };
}
