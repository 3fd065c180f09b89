import { readFamilyTasks, withItsDefinition } from './family-tasks.ts';
import { followToEnd, type FollowerContext } from '../follow/follow-to-end.ts';
import { orInterrupted } from '../interruption/interruption.ts';
import type { LaunchEnd } from '../report.ts';
import { warnOfSession } from '../follow/session-warning.ts';
import type { Settings } from '../settings/settings.ts';
import { familyAndRevisionOf, taskIdOf } from '../target/target.ts';
import { chooseTask } from './task-choice.ts';

/** Whose task, and which. */
export interface TaskRequest {
  readonly environment: string;
  /** A full ARN, an id or the beginning of one; `undefined`: the one that is meant by itself. */
  readonly task: string | undefined;
  readonly settings: Settings;
}

/**
 * Follows a task as if we had started it, also one that is over already: the same log, verdict and exit code.
 * Throws an AppError when the environment or the task cannot be found (2), or somebody interrupted before (130, 143).
 */
export async function attach(context: FollowerContext, request: TaskRequest): Promise<LaunchEnd> {
  const interrupted = context.interruptions.next();
  const found = await orInterrupted(find(context, request), interrupted, 'no task was followed');
  return followToEnd(context, request.settings, { ...found, interrupted });
}

async function find(context: FollowerContext, { environment, task: wanted, settings }: TaskRequest) {
  const { aws, report } = context;
  warnOfSession(context, settings);
  const { place, tasks } = await readFamilyTasks(context, { environment, task: wanted, settings });
  const task = chooseTask(tasks, { environment, purpose: 'attach', wanted });
  const known = await withItsDefinition(aws, place, task);
  const by = task.startedBy === undefined ? '' : `, started by ${task.startedBy}`;
  report.say(`Attached to ${taskIdOf(task.arn)} in ${environment} (${familyAndRevisionOf(task.definitionArn)}${by}).`);
  if (known.finding.unreadable !== undefined) report.warn(known.finding.unreadable);
  return known;
}
