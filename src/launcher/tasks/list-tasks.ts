import { AppError } from '../../contract/app-error.ts';
import type { AwsAccount } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import { readFamilyTasks, readRoles } from './family-tasks.ts';
import type { Place } from '../target/read-place.ts';
import type { Report } from '../report.ts';
import { isLive } from './running-task.ts';
import type { Settings } from '../settings/settings.ts';
import type { Roles } from '../target/container-choice.ts';
import { judge, type Verdict } from '../verdict/verdict.ts';

/** A task, and how it ended. */
export interface ListedTask {
  readonly task: TaskSnapshot;
  /** `undefined` while it may still run, and when its definition does not say which container ran migrate. */
  readonly verdict: Verdict | undefined;
}

/** An environment's migration tasks, newest first. */
export interface TaskListing {
  readonly environment: string;
  readonly cluster: string;
  readonly family: string;
  readonly tasks: readonly ListedTask[];
}

/** The migration tasks that run, and those that ended in the last hour or so: ECS forgets older ones. */
export async function listTasks(
  context: { readonly aws: AwsAccount; readonly report: Report },
  { environment, settings }: { readonly environment: string; readonly settings: Settings },
): Promise<TaskListing> {
  const { place, family, tasks } = await readFamilyTasks(context, { environment, settings });
  const stopped = tasks.filter((task) => !isLive(task));
  const roles = await readRolesByDefinition(context.aws, place, stopped);
  const verdictOn = (task: TaskSnapshot): Verdict | undefined => {
    const ofTask = roles.get(task.definitionArn);
    return isLive(task) || !ofTask ? undefined : judge(task, ofTask);
  };
  return {
    environment,
    cluster: place.cluster.value,
    family,
    tasks: tasks.map((task) => ({ task, verdict: verdictOn(task) })),
  };
}

/** Each revision is read once. One that AWS has deleted, or that leaves open which container runs migrate, has no roles. */
async function readRolesByDefinition(
  aws: AwsAccount,
  place: Place,
  tasks: readonly TaskSnapshot[],
): Promise<ReadonlyMap<string, Roles | undefined>> {
  const arns = [...new Set(tasks.map(({ definitionArn }) => definitionArn))];
  return new Map(
    await Promise.all(
      arns.map(async (arn) => {
        try {
          return [arn, readRoles(await aws.tasks.describeDefinition(arn), place).roles] as const;
        } catch (error) {
          if (!isOfDefinition(error)) throw error;
          return [arn, undefined] as const;
        }
      }),
    ),
  );
}

/** Trouble with one definition, as opposed to trouble with AWS. */
function isOfDefinition(error: unknown): boolean {
  if (error instanceof AwsError) return error.kind === 'missing' || error.kind === 'rejected';
  return error instanceof AppError;
}
