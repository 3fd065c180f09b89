import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import type { Clock } from '../clock.ts';
import { isLive, readLiveTasks, type TaskLister } from '../tasks/running-task.ts';

/** What the look after the start needs from outside. */
export interface SecondLook {
  readonly tasks: TaskLister;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly family: { readonly cluster: string; readonly family: string };
}

/** Another task that was first, and whether ours can still be taken back before its container runs. */
export interface EarlierTask {
  readonly task: TaskSnapshot;
  readonly ours: 'not-begun' | 'begun';
}

/** ListTasks may not show at once what RunTask has just started (ECS is eventually consistent). */
const looks = 3;

/**
 * Another live task of the family that was created before ours, although there was none before RunTask: two launches raced.
 * Both look, and the later one (by creation, then by ARN) finds the other, so that never both give way.
 */
export async function findEarlierTask(
  { tasks, clock, pollMs, family }: SecondLook,
  own: TaskSnapshot,
): Promise<EarlierTask | undefined> {
  if (!isLive(own)) return undefined;
  for (let look = 1; ; look += 1) {
    const live = await readLiveTasks(tasks, () => tasks.listFamily(family.cluster, family.family), family);
    const ours = live.find(({ arn }) => arn === own.arn) ?? own;
    const first = live.filter((task) => task.startedBy !== own.startedBy).toSorted(byCreation)[0];
    const begun = ours.lastStatus !== 'PROVISIONING' && ours.lastStatus !== 'PENDING';
    if (first && byCreation(first, ours) < 0) return { task: first, ours: begun ? 'begun' : 'not-begun' };
    if (begun || look === looks) return undefined;
    await clock.sleep(pollMs);
  }
}

/** Exit 7: ours was taken back. */
export function gaveWay(
  { environment, own }: { readonly environment: string; readonly own: string },
  earlier: TaskSnapshot,
  followCommand: string,
): AppError {
  const by = earlier.startedBy === undefined ? '' : `, started by ${earlier.startedBy}`;
  return new AppError({
    code: 'already-running',
    exitCode: exitCodes.locked,
    message: `Two launches of ${environment} began at once, and ${earlier.arn} (${earlier.lastStatus}${by}) was first: this launch's task ${own} was stopped before its container began.`,
    hint: `Wait for the other, or follow it: ${followCommand}`,
  });
}

function byCreation(left: TaskSnapshot, right: TaskSnapshot): number {
  return (left.createdAtMs ?? 0) - (right.createdAtMs ?? 0) || (left.arn < right.arn ? -1 : 1);
}
