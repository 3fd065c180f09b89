import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import { conventionalNames } from '../target/names.ts';
import { familyOf, type TargetOverrides } from '../target/target.ts';

export interface TaskLister {
  listFamily(cluster: string, family: string): Promise<readonly string[]>;
  describe(cluster: string, arns: readonly string[]): Promise<readonly TaskSnapshot[]>;
}

interface Family {
  readonly cluster: string;
  readonly family: string;
}

/** Lists a family's tasks, once it is known which. */
export type EarlyListing = (family: Family) => Promise<readonly string[]>;

/**
 * Begins to list the tasks of the family that convention or flags name, beside the calls that find out whether that is the
 * right one: it nearly always is, and it saves a round trip.
 */
export function listEarly(tasks: TaskLister, environment: string, overrides: TargetOverrides): EarlyListing {
  const names = overrides.names ?? conventionalNames(environment);
  const guess = {
    cluster: overrides.cluster ?? names.cluster,
    family: overrides.taskDefinition === undefined ? names.family : familyOf(overrides.taskDefinition),
  };
  // A wrong guess may fail in every way; then the real question is asked.
  const early = tasks.listFamily(guess.cluster, guess.family).catch(() => undefined);
  return async ({ cluster, family }) => {
    const guessed = cluster === guess.cluster && family === guess.family ? await early : undefined;
    return guessed ?? (await tasks.listFamily(cluster, family));
  };
}

/** The tasks of the family whose containers may still run. */
export async function readLiveTasks(
  tasks: TaskLister,
  list: EarlyListing,
  family: Family,
): Promise<readonly TaskSnapshot[]> {
  return (await readTasks(tasks, list, family)).filter(isLive);
}

/** All tasks of the family that ECS still knows, the newest first: a stopped one for about an hour. */
export async function readTasks(
  tasks: TaskLister,
  list: EarlyListing,
  family: Family,
): Promise<readonly TaskSnapshot[]> {
  const arns = await list(family);
  if (arns.length === 0) return [];
  const found = await tasks.describe(family.cluster, arns);
  return found.toSorted((left, right) => (right.createdAtMs ?? 0) - (left.createdAtMs ?? 0));
}

/** Whether the task's containers may still run: one that is being stopped is alive until it is STOPPED. */
export function isLive({ lastStatus }: TaskSnapshot): boolean {
  return lastStatus !== 'STOPPED';
}

/** Exit 7: somebody's migration runs in this environment. */
export function alreadyRunning(environment: string, task: TaskSnapshot, followCommand: string): AppError {
  const by = task.startedBy === undefined ? '' : `, started by ${task.startedBy}`;
  return new AppError({
    code: 'already-running',
    exitCode: exitCodes.locked,
    message: `A migration task is already running in ${environment}: ${task.arn} (${task.lastStatus}${by}).`,
    hint: `Wait for it, or follow it: ${followCommand}`,
  });
}
