import type { AwsAccount } from '../aws/account.ts';
import type { TaskDefinition } from '../aws/task-definition.ts';
import type { TaskSnapshot } from '../aws/task-snapshot.ts';
import { chooseContainer, rolesOf } from '../target/container-choice.ts';
import type { KnownTask } from '../follow/follow-to-end.ts';
import { findLog, type LogFinding } from '../target/log-location.ts';
import { readPlace, type Place } from '../target/read-place.ts';
import type { Report } from '../report.ts';
import { listEarly, readTasks } from './running-task.ts';
import type { Settings } from '../settings/settings.ts';
import { familyOf, taskIdOf } from '../target/target.ts';
import { isWholeName } from './task-choice.ts';
import type { Roles } from '../target/container-choice.ts';

interface Wanted {
  readonly environment: string;
  /** The task that is looked for, when somebody names one. */
  readonly task?: string | undefined;
  readonly settings: Settings;
}

/** An environment's migration tasks, as far as ECS remembers them; newest first. */
export interface FamilyTasks {
  readonly place: Place;
  readonly family: string;
  readonly tasks: readonly TaskSnapshot[];
}

/** Finds the environment and lists its migration tasks. Throws exit 2 when the environment cannot be resolved. */
export async function readFamilyTasks(
  { aws, report }: { readonly aws: AwsAccount; readonly report: Report },
  { environment, task: wanted, settings }: Wanted,
): Promise<FamilyTasks> {
  const listing = listEarly(aws.tasks, environment, settings);
  const needed = ['cluster', 'taskDefinition'] as const;
  // A stack that is being changed is a reason to look at its tasks, not one to refuse it.
  const place = await readPlace(aws, { environment, overrides: settings, force: true, needed }, (text) =>
    report.detail(text),
  );
  const family = familyOf(place.taskDefinition.value);
  const cluster = place.cluster.value;
  const listed = await readTasks(aws.tasks, listing, { cluster, family });
  const isListed = wanted === undefined || listed.some(({ arn }) => taskIdOf(arn) === taskIdOf(wanted));
  if (isListed || !isWholeName(wanted)) return { place, family, tasks: listed };
  // ListTasks may lag behind RunTask, DescribeTasks hardly does. A task of another family is none of ours.
  const described = await aws.tasks.describe(cluster, [taskIdOf(wanted)]);
  const ours = described.filter(({ definitionArn }) => familyOf(definitionArn) === family);
  return { place, family, tasks: [...ours, ...listed] };
}

/** The roles of a definition's containers, and where the log of the one that runs migrate is. Throws exit 2 when that is not clear. */
export function readRoles(
  definition: TaskDefinition,
  place: Place,
): { readonly roles: Roles; readonly finding: LogFinding } {
  const { container } = chooseContainer(definition, place.container);
  const { environment, names, region, logGroup } = place;
  return {
    roles: rolesOf(definition, container),
    finding: findLog(container, { environment, names, region, logGroup }),
  };
}

/** The task with what its own revision of the definition says, which may not be the one that is deployed now. */
export async function withItsDefinition(
  aws: AwsAccount,
  place: Place,
  task: TaskSnapshot,
): Promise<KnownTask & { readonly finding: LogFinding }> {
  const { roles, finding } = readRoles(await aws.tasks.describeDefinition(task.definitionArn), place);
  return { place, task, roles, log: finding.location, finding };
}
