import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import { isLive } from './running-task.ts';
import { taskIdOf } from '../target/target.ts';
import { utcTime } from '../../contract/utc-time.ts';

/** Which task, and what for. */
export interface Choice {
  readonly environment: string;
  readonly purpose: 'attach' | 'logs' | 'stop';
  /** A full ARN, an id or the beginning of one; `undefined`: the task that the purpose suggests. */
  readonly wanted: string | undefined;
}

/**
 * The one task that is meant, of all that ECS still knows, newest first. Without a name: for `logs` the last one; else the
 * only one that runs, and for `attach` the only one at all when none runs. Throws exit 2 with the list when there are none
 * or several to choose from. Pure.
 */
export function chooseTask(tasks: readonly TaskSnapshot[], choice: Choice): TaskSnapshot {
  const { environment, purpose, wanted } = choice;
  const candidates = wanted === undefined ? suggested(tasks, purpose) : named(tasks, wanted);
  const [only, ...others] = candidates;
  if (only && others.length === 0) return only;
  const name = wanted === undefined ? '' : ` ${wanted}`;
  if (only)
    throw undecided(`${candidates.length} migration tasks of ${environment} could be meant:`, candidates, choice);
  const state =
    wanted === undefined && purpose === 'stop' ? 'No migration task runs' : `There is no migration task${name}`;
  const rest =
    tasks.length === 0
      ? '; ECS knows of none there, and it forgets one about an hour after its end.'
      : '. The last ones there:';
  throw undecided(`${state} in ${environment}${rest}`, tasks, choice);
}

/** Whether the text can only be a whole id or ARN, so that a task may be meant that ECS has forgotten. */
export function isWholeName(wanted: string): boolean {
  return /^(?:arn:.+\/)?[0-9a-f]{32}$/.test(wanted);
}

function suggested(tasks: readonly TaskSnapshot[], purpose: Choice['purpose']): readonly TaskSnapshot[] {
  if (purpose === 'logs') return tasks.slice(0, 1);
  const live = tasks.filter(isLive);
  return live.length > 0 || purpose === 'stop' ? live : tasks;
}

function named(tasks: readonly TaskSnapshot[], wanted: string): readonly TaskSnapshot[] {
  if (wanted.startsWith('arn:')) return tasks.filter(({ arn }) => arn === wanted);
  return tasks.filter(({ arn }) => taskIdOf(arn).startsWith(wanted));
}

const longestList = 10;

function undecided(problem: string, tasks: readonly TaskSnapshot[], { environment, purpose }: Choice): AppError {
  const shown = tasks.slice(0, longestList).map((task) => `\n    ${briefly(task)}`);
  const more = tasks.length > longestList ? [`\n    and ${tasks.length - longestList} older ones`] : [];
  return new AppError({
    code: 'no-single-task',
    exitCode: exitCodes.usage,
    message: [problem, ...shown, ...more].join(''),
    hint:
      tasks.length === 0
        ? `See what runs: launch-migration tasks ${environment}`
        : `Name one by the beginning of its id: launch-migration ${purpose} ${environment} ${taskIdOf(tasks[0]?.arn ?? '').slice(0, 8)}`,
  });
}

function briefly({ arn, lastStatus, startedBy, createdAtMs }: TaskSnapshot): string {
  const created = createdAtMs === undefined ? '' : `, created ${utcTime(createdAtMs)}`;
  const by = startedBy === undefined ? '' : `, by ${startedBy}`;
  return `${taskIdOf(arn)}  ${lastStatus}${created}${by}`;
}
