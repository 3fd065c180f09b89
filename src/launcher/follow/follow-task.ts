import { exitCodes } from '../../contract/exit-codes.ts';
import { formatDuration } from '../../contract/duration.ts';
import type { LogStreams } from '../aws/logs.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import type { Clock } from '../clock.ts';
import { followLog, type LogEnd } from '../log/follow-log.ts';
import { createGate, type Gate } from '../interruption/gate.ts';
import type { Interruptions } from '../interruption/interruption.ts';
import type { InterruptPolicy } from '../interruption/interrupt-choice.ts';
import { untilLeft } from './leave-task.ts';
import { streamOf, type LogLocation } from '../target/log-location.ts';
import type { Pace } from '../pace.ts';
import type { LaunchEnd, Report } from '../report.ts';
import { sentence } from '../../contract/sentence.ts';
import type { Roles } from '../target/container-choice.ts';
import { hasStarted, injectedContainers, judge, type Verdict } from '../verdict/verdict.ts';
import { containerState, watchTask } from './watch-task.ts';

/** A task that runs, and how its end is recognised. */
export interface FollowedTask {
  readonly cluster: string;
  readonly task: TaskSnapshot;
  readonly roles: Roles;
  readonly log: LogLocation | undefined;
}

/** What following needs from outside. */
export interface FollowContext {
  readonly aws: {
    readonly tasks: {
      describe(cluster: string, arns: readonly string[]): Promise<readonly TaskSnapshot[]>;
      stop(cluster: string, arn: string, reason: string): Promise<void>;
    };
    logStreams(region: string): LogStreams;
  };
  readonly report: Report;
  readonly clock: Clock;
  readonly interruptions: Interruptions;
  readonly limits: FollowLimits;
}

export interface FollowLimits {
  readonly pace: Pace;
  readonly timeoutMs: number | undefined;
  readonly startTimeoutMs: number;
  /** How often to look for a new login when the credentials have expired; `undefined` where nobody can log in. */
  readonly loginPollMs: number | undefined;
  readonly onInterrupt: InterruptPolicy;
  /** What ECS is to keep when an interruption stops the task. */
  readonly stopReason: string;
}

const lastLookMs = 5_000;

type Followed = Pick<LaunchEnd, 'verdict' | 'logEnd'>;

/**
 * Shows the task's phases and log until its container is over and its log is drained, or until the time is up or somebody
 * interrupts; the task goes on then. The container's state and the log are followed apart: trouble with one is not the
 * other's.
 */
export async function followTask(context: FollowContext, followed: FollowedTask): Promise<Followed> {
  const abandoned = new AbortController();
  const over = new AbortController();
  const gate = createGate();
  try {
    return await Promise.race([
      untilItsEnd(context, followed, { abandoned: abandoned.signal, over, gate }),
      untilTheTimeIsUp(context, followed, abandoned.signal),
      untilLeft(context, followed, { first: context.interruptions.next(), gate, over: over.signal }),
    ]);
  } finally {
    abandoned.abort();
    over.abort();
  }
}

interface Following {
  readonly abandoned: AbortSignal;
  /** To be aborted when the container is over. */
  readonly over: AbortController;
  /** The log waits before it. */
  readonly gate: Gate;
}

async function untilItsEnd(
  { aws, report, clock, limits }: FollowContext,
  { cluster, task, roles, log }: FollowedTask,
  { abandoned, over: stopped, gate }: Following,
): Promise<Followed> {
  const endIsNear = new AbortController();
  const streams = log && aws.logStreams(log.region);
  let reading: Promise<LogEnd> | undefined;
  let imageShown = false;
  const showImage = ({ containers }: TaskSnapshot): void => {
    const digest = containers.find(({ name }) => name === roles.container)?.imageDigest;
    if (digest === undefined || imageShown) return;
    imageShown = true;
    report.detail(`image ${digest}`);
  };
  const readLog = (): Promise<LogEnd> => {
    if (!log || !streams) return Promise.resolve('unreadable');
    reading ??= followLog({
      source: { readPage: (token) => streams.readPage(log.group, streamOf(log, task.arn), token) },
      sink: {
        async write(lines, order) {
          await gate.passed();
          await report.lines(lines, order);
        },
        endMarkerSeen: () => endIsNear.abort(),
        trouble: (text) => report.warn(text),
      },
      signals: { stopped: stopped.signal, abandoned },
      clock,
      pace: limits.pace,
    });
    return reading;
  };

  const end = await watchTask(
    {
      source: { describe: async () => (await aws.tasks.describe(cluster, [task.arn]))[0] },
      listener: {
        snapshot(snapshot, state) {
          report.task(snapshot);
          showImage(snapshot);
          // The log can be drained while ECS still makes up its mind about the exit code.
          if (hasStarted(snapshot, roles.container)) void readLog();
          if (state !== 'alive') stopped.abort();
        },
        trouble: (text) => report.warn(text),
      },
      clock,
      pace: limits.pace,
      signals: { endIsNear: endIsNear.signal, abandoned },
    },
    {
      container: roles.container,
      startTimeoutMs: limits.startTimeoutMs,
      loginPollMs: limits.loginPollMs,
      known: task,
    },
  );
  if (end.kind === 'lost') return { verdict: lost(end.reason, end.nextStep), logEnd: 'left' };
  if (end.kind === 'start-timeout')
    return {
      verdict: tooLate(notStarted(limits.startTimeoutMs, end.status)),
      logEnd: 'left',
    };
  stopped.abort();
  for (const note of injectedContainers(end.task, roles)) report.detail(note);
  const verdict = judge(end.task, roles);
  if (verdict.outcome === 'never-started') return { verdict, logEnd: 'never-started' };
  return { verdict, logEnd: await readLog() };
}

async function untilTheTimeIsUp(
  { aws, clock, limits: { timeoutMs } }: FollowContext,
  { cluster, task, roles }: FollowedTask,
  abandoned: AbortSignal,
): Promise<Followed> {
  if (timeoutMs === undefined) return new Promise(() => {});
  await clock.sleep(timeoutMs, abandoned);
  // A laptop may have slept over the end: then that end is the result, however late it is seen.
  const look = aws.tasks.describe(cluster, [task.arn]).catch(() => []);
  const [seen] = (await Promise.race([look, clock.sleep(lastLookMs, abandoned)])) ?? [];
  if (seen && containerState(seen, roles.container) !== 'alive') return new Promise(() => {});
  return { verdict: tooLate(`it was not over within ${formatDuration(timeoutMs)} (--timeout)`), logEnd: 'left' };
}

function notStarted(startTimeoutMs: number, status = 'MISSING'): string {
  return `the container has not started within ${formatDuration(startTimeoutMs)} (--start-timeout), the task is ${status}`;
}

function tooLate(reason: string): Verdict {
  return {
    outcome: 'timed-out',
    exitCode: exitCodes.gaveUpWaiting,
    reason: `${reason}; the task may still run`,
    nextStep: undefined,
  };
}

function lost(reason: string, nextStep: string | undefined): Verdict {
  return {
    outcome: 'unknown',
    exitCode: exitCodes.awsRefused,
    reason: `${sentence(reason)} The task may still run.`,
    nextStep,
  };
}
