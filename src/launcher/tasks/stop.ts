import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { TaskRequest } from './attach.ts';
import { readFamilyTasks, withItsDefinition } from './family-tasks.ts';
import { followToEnd, type FollowerContext, type KnownTask } from '../follow/follow-to-end.ts';
import { orInterrupted } from '../interruption/interruption.ts';
import { ownCommand } from '../way-back/own-command.ts';
import { stopReason } from '../person.ts';
import type { LaunchEnd } from '../report.ts';
import { isLive } from './running-task.ts';
import { taskIdOf } from '../target/target.ts';
import { chooseTask } from './task-choice.ts';

/** What stopping works with. */
export interface StopContext extends FollowerContext {
  /** Asks the person before a task in production is stopped; throws an AppError when the answer is no. */
  readonly confirm: (task: KnownTask) => Promise<void>;
  /** The person's own words for the reason that ECS keeps. */
  readonly reason: string | undefined;
}

/**
 * Stops a task and follows it to its real end, which is when its container has ended: migrate rolls back first.
 * The exit code is the container's. Throws an AppError when nothing was stopped.
 */
export async function stop(context: StopContext, request: TaskRequest): Promise<LaunchEnd> {
  const { aws, report, confirm, interruptions } = context;
  const interrupted = interruptions.next();
  const nothingStopped = 'nothing was stopped';
  const known = await orInterrupted(find(context, request), interrupted, nothingStopped);
  await orInterrupted(confirm(known), interrupted, nothingStopped);
  await aws.tasks.stop(known.place.cluster.value, known.task.arn, stopReason(context.person.name, context.reason));
  report.say(`Stopping ${taskIdOf(known.task.arn)} in ${request.environment}: it gets SIGTERM, and time to roll back.`);
  return followToEnd(context, request.settings, { ...known, interrupted });
}

async function find(context: StopContext, { environment, task: wanted, settings }: TaskRequest): Promise<KnownTask> {
  const { place, tasks } = await readFamilyTasks(context, { environment, task: wanted, settings });
  const task = chooseTask(tasks, { environment, purpose: 'stop', wanted });
  if (!isLive(task))
    throw new AppError({
      code: 'already-over',
      exitCode: exitCodes.usage,
      message: `The task ${taskIdOf(task.arn)} in ${environment} is over already; nothing was stopped.`,
      hint: `See how it ended: ${ownCommand('attach', environment, settings, task.arn)}`,
    });
  return withItsDefinition(context.aws, place, task);
}
