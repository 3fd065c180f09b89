import { formatDuration } from '../../contract/duration.ts';
import type { AwsAccount } from '../aws/account.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import { describeCommand, tailCommand, type TaskAddress } from '../way-back/aws-commands.ts';
import type { Clock } from '../clock.ts';
import { consoleLinks, type ConsoleLink } from '../way-back/console-links.ts';
import { followTask } from './follow-task.ts';
import type { InterruptPolicy } from '../interruption/interrupt-choice.ts';
import { beginningWith, type Interruptions, type StopSignal } from '../interruption/interruption.ts';
import type { LogLocation } from '../target/log-location.ts';
import { ownCommand } from '../way-back/own-command.ts';
import { stopReason, type Person } from '../person.ts';
import type { Place } from '../target/read-place.ts';
import type { LaunchEnd, Report } from '../report.ts';
import type { Settings } from '../settings/settings.ts';
import { watchForSleep } from './sleep-watch.ts';
import type { Roles } from '../target/container-choice.ts';

/** What everything that follows a task works with. */
export interface FollowerContext {
  readonly aws: AwsAccount;
  readonly report: Report;
  readonly clock: Clock;
  readonly interruptions: Interruptions;
  readonly person: Person;
}

/** A task and what is known of it before it is followed. */
export interface KnownTask {
  readonly place: Place;
  readonly task: TaskSnapshot;
  readonly roles: Roles;
  readonly log: LogLocation | undefined;
}

/** Follows a task to its end, or until it is left; then with the commands that find it again. */
export async function followToEnd(
  { aws, report, clock, interruptions, person }: FollowerContext,
  settings: Settings,
  { place, task, roles, log, interrupted }: KnownTask & { readonly interrupted: Promise<StopSignal> },
): Promise<LaunchEnd> {
  const tail = tailCommand(addressOf(place, settings, task.arn), log);
  report.say(`Task ${task.arn}`);
  if (tail !== undefined) report.detail(`log: ${tail}`);
  report.task(task);
  let last = task;
  const watched: Report = {
    ...report,
    task(snapshot) {
      last = snapshot;
      report.task(snapshot);
    },
  };
  const ended = new AbortController();
  void watchForSleep(
    {
      clock,
      wallNow: Date.now,
      jumpMs: settings.sleepJumpMs,
      resumed: (afterMs) => report.say(`Resumed after ${formatDuration(afterMs)}; catching up with the task.`),
    },
    ended.signal,
  );
  try {
    const followed = await followTask(
      {
        aws,
        report: watched,
        clock,
        interruptions: beginningWith(interrupted, interruptions),
        limits: {
          pace: settings,
          timeoutMs: settings.timeout,
          startTimeoutMs: settings.startTimeout,
          loginPollMs: person.ask && settings.loginPollMs,
          onInterrupt: interruptPolicy(settings, person, report),
          stopReason: stopReason(person.name),
        },
      },
      { cluster: place.cluster.value, task, roles, log },
    );
    const commands = waysOn(followed.logEnd, { place, task, log }, settings);
    return {
      ...followed,
      taskArn: task.arn,
      followCommands: commands,
      task: {
        environment: place.environment,
        imageDigest: last.containers.find(({ name }) => name === roles.container)?.imageDigest,
        links: linksTo(place, task, followed.logEnd === 'never-started' ? undefined : log),
      },
    };
  } finally {
    ended.abort();
  }
}

/** None to the stand-in, which has no console. */
function linksTo(place: Place, { arn }: TaskSnapshot, log: LogLocation | undefined): readonly ConsoleLink[] {
  return place.environment === 'local' ? [] : consoleLinks({ ...place, taskArn: arn }, log);
}

/** The setting's word; without one a question, where somebody can answer it. */
function interruptPolicy({ onInterrupt }: Settings, { ask }: Person, report: Report): InterruptPolicy {
  if (onInterrupt === undefined && ask)
    return {
      kind: 'ask',
      ask: (question, withdrawn) => report.duringQuestion(() => ask(question, withdrawn)),
    };
  return { kind: onInterrupt ?? 'detach' };
}

/** A task as the AWS CLI finds it. */
export function addressOf(place: Place, { profile }: Settings, taskArn: string): TaskAddress {
  return { cluster: place.cluster.value, region: place.region, profile, taskArn };
}

/** To a task that may still run, or to a log of which something may still be missing here. */
function waysOn(
  logEnd: LaunchEnd['logEnd'],
  { place, task, log }: Omit<KnownTask, 'roles'>,
  settings: Settings,
): readonly string[] {
  if (logEnd === 'left') return wayBack(place, settings, { task, log });
  const mayHoldMore = logEnd === 'gave-up' || logEnd === 'incomplete';
  return mayHoldMore && place.environment !== 'local'
    ? [ownCommand('logs', place.environment, settings, task.arn)]
    : [];
}

/** Our own commands first; the AWS CLI's for where this program is not at hand. */
function wayBack(place: Place, settings: Settings, { task, log }: Pick<KnownTask, 'task' | 'log'>): readonly string[] {
  // The stand-in forgets the task with this launch; what it did is in the database.
  if (place.environment === 'local') return ['launch-migration local -- current'];
  const address = addressOf(place, settings, task.arn);
  return [
    ownCommand('attach', place.environment, settings, task.arn),
    ownCommand('stop', place.environment, settings, task.arn),
    tailCommand(address, log) ?? describeCommand(address),
  ];
}
