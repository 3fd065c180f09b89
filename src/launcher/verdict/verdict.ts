import { exitCodes } from '../../contract/exit-codes.ts';
import type { ContainerSnapshot, TaskSnapshot } from '../aws/task-snapshot.ts';
import type { Roles, SideContainer } from '../target/container-choice.ts';
import { explainStopReason } from './stop-reason.ts';

export type Outcome = 'succeeded' | 'failed' | 'killed' | 'never-started' | 'unknown' | 'timed-out' | 'detached';

/** How a launch ended (design.md section 4). */
export interface Verdict {
  readonly outcome: Outcome;
  /** The container's own code where there is one, else 125. */
  readonly exitCode: number;
  /** A clause that says why, when it is not simply the container's own doing. */
  readonly reason: string | undefined;
  readonly nextStep: string | undefined;
}

/** Stop codes that say that the container did not end by itself. */
const stoppedFromOutside: Readonly<Record<string, string>> = {
  UserInitiated: 'somebody stopped the task',
  ServiceSchedulerInitiated: 'the ECS scheduler stopped the task',
  SpotInterruption: 'Fargate Spot took the capacity back',
  TerminationNotice: 'the machine under the task was taken away',
};

/** The verdict on a task whose migration container is over, by the container of that name and no other. */
export function judge(task: TaskSnapshot, { container: name, sideContainers }: Roles): Verdict {
  const container = task.containers.find((candidate) => candidate.name === name);
  const exitCode = container?.exitCode;
  if (exitCode === 0) return { outcome: 'succeeded', exitCode: 0, reason: undefined, nextStep: undefined };
  const killer = findKiller(task, container, sideContainers);
  if (exitCode === undefined && !hasStarted(task, name)) return neverStarted(task, container, sideContainers);
  if (killer) return { outcome: 'killed', exitCode: exitCode ?? exitCodes.awsRefused, ...killer };
  if (exitCode === undefined)
    return {
      outcome: 'unknown',
      exitCode: exitCodes.awsRefused,
      reason: withReasons('ECS gave no exit code', task, container),
      nextStep: 'Look at the database before launching again: -- check, or -- current.',
    };
  return { outcome: 'failed', exitCode, reason: container?.reason, nextStep: undefined };
}

/** Whether the container has run, for all that is known. */
export function hasStarted(task: TaskSnapshot, containerName: string): boolean {
  const container = task.containers.find(({ name }) => name === containerName);
  return (
    task.startedAtMs !== undefined ||
    task.lastStatus === 'RUNNING' ||
    container?.lastStatus === 'RUNNING' ||
    container?.exitCode !== undefined
  );
}

/** A note on each container that is in no task definition (GuardDuty's agent, say) and did not do well. */
export function injectedContainers(task: TaskSnapshot, { container, sideContainers }: Roles): readonly string[] {
  const known = [container, ...sideContainers.map(({ name }) => name)];
  return task.containers
    .filter(({ name, reason, exitCode }) => !known.includes(name) && (reason !== undefined || (exitCode ?? 0) !== 0))
    .map((injected) => `container ${injected.name} was added by AWS and decides nothing (${ending(injected)})`);
}

type Killer = Pick<Verdict, 'reason' | 'nextStep'>;

function findKiller(
  task: TaskSnapshot,
  container: ContainerSnapshot | undefined,
  sideContainers: readonly SideContainer[],
): Killer | undefined {
  const reasons = [container?.reason, task.stoppedReason].filter((text) => text !== undefined).join('; ');
  if (/OutOfMemory|out of memory/i.test(reasons)) return explained(reasons, 'OutOfMemory');
  const outside = task.stopCode === undefined ? undefined : stoppedFromOutside[task.stopCode];
  if (outside !== undefined)
    return {
      reason: task.stoppedReason === undefined ? outside : `${outside} ("${task.stoppedReason}")`,
      nextStep:
        task.stopCode === 'SpotInterruption'
          ? explainStopReason('spot')?.nextStep
          : 'Look at what is applied (-- current), then launch again.',
    };
  const signalled = container?.exitCode === undefined || isSignal(container.exitCode);
  const culprit = signalled ? endedFirst(task, sideContainers) : undefined;
  if (culprit)
    return {
      reason: `the side container ${culprit.name} ended first (${ending(culprit)}), and ECS then stopped the task`,
      nextStep: `Look at the log of ${culprit.name}, or make it not essential in the task definition.`,
    };
  if (container?.exitCode === 137)
    return {
      reason: 'the container was killed (SIGKILL), most often because the memory ran out',
      nextStep: explainStopReason('OutOfMemory')?.nextStep,
    };
  return undefined;
}

/**
 * The essential side container that took the others with it. ECS gives no time per container, so: one that failed by itself or
 * has a reason, else one that ended well; never one that was ended by a signal, as ours was.
 */
function endedFirst(task: TaskSnapshot, sideContainers: readonly SideContainer[]): ContainerSnapshot | undefined {
  const essential = task.containers.filter(
    ({ name, lastStatus }) =>
      lastStatus === 'STOPPED' && sideContainers.some((side) => side.name === name && side.essential),
  );
  const failed = essential.find(
    ({ exitCode, reason }) => reason !== undefined || (exitCode !== undefined && exitCode !== 0 && !isSignal(exitCode)),
  );
  return failed ?? essential.find(({ exitCode }) => exitCode === 0);
}

function isSignal(exitCode: number): boolean {
  return exitCode === 137 || exitCode === 143;
}

function neverStarted(
  task: TaskSnapshot,
  container: ContainerSnapshot | undefined,
  sideContainers: readonly SideContainer[],
): Verdict {
  const culprit = task.containers.find(
    ({ name, reason }) => sideContainers.some((side) => side.name === name) && reason !== undefined,
  );
  const reason =
    withReasons('', task, container) || (culprit ? `${culprit.name}: ${culprit.reason}` : 'AWS gave no reason');
  const explanation = explainStopReason(reason);
  return {
    outcome: 'never-started',
    exitCode: exitCodes.awsRefused,
    reason: explanation ? `${explanation.meaning} (${reason})` : reason,
    nextStep: explanation?.nextStep ?? 'Correct what AWS names, then launch again; nothing ran.',
  };
}

function explained(reasons: string, keyword: string): Killer {
  const explanation = explainStopReason(keyword);
  return { reason: `${explanation?.meaning} (${reasons})`, nextStep: explanation?.nextStep };
}

/** AWS's own words, each once. */
function withReasons(lead: string, task: TaskSnapshot, container: ContainerSnapshot | undefined): string {
  const parts = [lead, task.stoppedReason, container?.reason, task.stopCode && `stop code ${task.stopCode}`];
  const said = parts.filter((part) => part !== undefined && part !== '');
  // "Essential container in task exited" and a bare stop code explain nothing when there is more.
  return [...new Set(said)].filter((part, _, all) => all.length === 1 || !part?.startsWith('stop code')).join('; ');
}

function ending({ exitCode, reason }: ContainerSnapshot): string {
  return (
    [exitCode === undefined ? undefined : `exit code ${exitCode}`, reason].filter(Boolean).join(', ') || 'no exit code'
  );
}
