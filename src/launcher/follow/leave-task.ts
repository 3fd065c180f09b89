import type { FollowContext, FollowedTask } from './follow-task.ts';
import type { Gate } from '../interruption/gate.ts';
import { chooseOnInterrupt } from '../interruption/interrupt-choice.ts';
import { interruptionExitCode, type StopSignal } from '../interruption/interruption.ts';
import type { LaunchEnd } from '../report.ts';
import type { Verdict } from '../verdict/verdict.ts';

interface Waiting {
  readonly first: Promise<StopSignal>;
  /** Closed while a question is open, so that the log does not push it away. */
  readonly gate: Gate;
  /** Aborts when the container is over: nothing is left to decide. */
  readonly over: AbortSignal;
}

/**
 * Does what interruptions ask for, and settles when the task is to be left. After a stop the task is followed to its real
 * end, unless somebody interrupts again. Detaching makes no call at all: a CI job that is cancelled has ten seconds.
 */
export async function untilLeft(
  { aws, report, interruptions, limits }: FollowContext,
  { cluster, task }: FollowedTask,
  { first, gate, over }: Waiting,
): Promise<Pick<LaunchEnd, 'verdict' | 'logEnd'>> {
  for (let signal = await first; ; signal = await interruptions.next()) {
    if (limits.onInterrupt.kind === 'ask') gate.close();
    const choice = await chooseOnInterrupt(signal, limits.onInterrupt, { interruptions, withdrawn: over });
    gate.open();
    if (choice === 'detach') return detached(signal);
    if (choice === 'go-on') continue;
    report.say(`Stopping the task (${signal}); it is followed to its end. Interrupt again to leave it.`);
    const second = interruptions.next();
    void aws.tasks
      .stop(cluster, task.arn, limits.stopReason)
      .catch((error: unknown) => report.warn(`The task could not be stopped: ${(error as Error).message}`));
    return detached(await second);
  }
}

/** The end of a launch whose waiting somebody ended. */
export function detached(signal: StopSignal): Pick<LaunchEnd, 'verdict' | 'logEnd'> {
  const verdict: Verdict = {
    outcome: 'detached',
    exitCode: interruptionExitCode(signal),
    reason: `interrupted by ${signal}; the task goes on`,
    nextStep: undefined,
  };
  return { verdict, logEnd: 'left' };
}
