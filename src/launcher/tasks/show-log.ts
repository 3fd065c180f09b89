import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import type { TaskRequest } from './attach.ts';
import { readFamilyTasks, readRoles, withItsDefinition } from './family-tasks.ts';
import { followLog } from '../log/follow-log.ts';
import { followToEnd, type FollowerContext } from '../follow/follow-to-end.ts';
import { orInterrupted } from '../interruption/interruption.ts';
import { streamOf, type LogFinding, type LogLocation } from '../target/log-location.ts';
import type { Place } from '../target/read-place.ts';
import type { LaunchEnd } from '../report.ts';
import { isLive } from './running-task.ts';
import type { Settings } from '../settings/settings.ts';
import { taskIdOf } from '../target/target.ts';
import { chooseTask, isWholeName } from './task-choice.ts';

/** What was shown of a log. */
export type ShownLog = Pick<LaunchEnd, 'logEnd' | 'taskArn' | 'verdict' | 'followCommands'>;

/** CloudWatch has everything of a container that ended this long ago; nobody needs to wait for late lines. */
const settledMs = 120_000;

/**
 * Shows the whole log of a task, and follows it while it runs: the last task's unless one is named. A whole id finds the log
 * of a task that ECS has forgotten too. Throws an AppError when there is no log: no such task (2), or it never started (125).
 */
export async function showLog(context: FollowerContext, request: TaskRequest): Promise<ShownLog> {
  const { environment, settings, task: wanted } = request;
  const interrupted = context.interruptions.next();
  const { place, tasks } = await orInterrupted(readFamilyTasks(context, request), interrupted, 'no log was read');
  if (wanted !== undefined && isWholeName(wanted) && !tasks.some(({ arn }) => taskIdOf(arn) === taskIdOf(wanted))) {
    const shown = await orInterrupted(
      showForgotten(context, place, { wanted, settings }),
      interrupted,
      'that was not all',
    );
    if (shown) return shown;
  }
  const task = chooseTask(tasks, { environment, purpose: 'logs', wanted });
  const known = await withItsDefinition(context.aws, place, task);
  checkReadable(known.finding);
  const pace = isSettled(task) ? { quietMs: settings.pollMs } : {};
  const end = await followToEnd(context, { ...settings, ...pace }, { ...known, interrupted });
  if (end.logEnd === 'never-started') throw neverStarted(task, end);
  return end;
}

/** The log of a task that ECS does not know any more; `undefined` when there is none. */
async function showForgotten(
  { aws, report, clock }: FollowerContext,
  place: Place,
  { wanted, settings }: { readonly wanted: string; readonly settings: Settings },
): Promise<ShownLog | undefined> {
  const { finding } = readRoles(await aws.tasks.describeDefinition(place.taskDefinition.value), place);
  const log = checkReadable(finding);
  const streams = aws.logStreams(log.region);
  let lineCount = 0;
  const logEnd = await followLog({
    source: { readPage: (token) => streams.readPage(log.group, streamOf(log, wanted), token) },
    sink: {
      async write(lines, order) {
        lineCount += lines.length;
        await report.lines(lines, order);
      },
      endMarkerSeen: () => {},
      trouble: (text) => report.warn(text),
    },
    signals: { stopped: AbortSignal.abort(), abandoned: new AbortController().signal },
    clock,
    pace: { ...settings, quietMs: settings.pollMs },
  });
  if (lineCount === 0) return undefined;
  const verdict = {
    outcome: 'unknown',
    exitCode: exitCodes.awsRefused,
    reason: undefined,
    nextStep: undefined,
  } as const;
  return { logEnd, taskArn: wanted, verdict, followCommands: [] };
}

function checkReadable({ location, unreadable }: LogFinding): LogLocation {
  if (location) return location;
  throw new AppError({
    code: 'no-log',
    exitCode: exitCodes.usage,
    message: unreadable ?? 'The log is not in CloudWatch.',
    hint: 'Give the container the log driver awslogs with a group and a stream prefix.',
  });
}

/** By our clock and ECS's, which differ by less than the margin. */
function isSettled(task: TaskSnapshot): boolean {
  return !isLive(task) && task.stoppedAtMs !== undefined && Date.now() - task.stoppedAtMs > settledMs;
}

function neverStarted(task: TaskSnapshot, { verdict }: LaunchEnd): AppError {
  return new AppError({
    code: 'no-log',
    exitCode: exitCodes.awsRefused,
    message: `The container of ${taskIdOf(task.arn)} never started, so there is no log: ${verdict.reason}`,
    hint: verdict.nextStep,
  });
}
