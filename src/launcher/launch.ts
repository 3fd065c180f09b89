import { AwsError } from './aws/aws-error.ts';
import type { TaskSnapshot } from './aws/task-snapshot.ts';
import { listStartedByCommand } from './way-back/aws-commands.ts';
import type { Clock } from './clock.ts';
import { chooseDefinition } from './target/choose-definition.ts';
import { chooseContainer, rolesOf } from './target/container-choice.ts';
import { findEarlierTask, gaveWay } from './start/earlier-task.ts';
import { addressOf, followToEnd, type FollowerContext } from './follow/follow-to-end.ts';
import { createIdentity, type Identity } from './start/identity.ts';
import { orInterrupted, type StopSignal } from './interruption/interruption.ts';
import { detached } from './follow/leave-task.ts';
import { findLog, type LogLocation } from './target/log-location.ts';
import { checkOverrideSize } from './command-line/migrate-arguments.ts';
import { ownCommand } from './way-back/own-command.ts';
import { checkTaskDefinition } from './target/preflight.ts';
import type { LaunchEnd, LaunchPlan } from './report.ts';
import { resolveTarget } from './target/resolve-target.ts';
import { alreadyRunning, listEarly, readLiveTasks } from './tasks/running-task.ts';
import { warnOfSession } from './follow/session-warning.ts';
import type { Settings } from './settings/settings.ts';
import { startTask } from './start/start-task.ts';
import { familyOf, taskIdOf } from './target/target.ts';
import type { Roles } from './target/container-choice.ts';

/** What to launch. */
export interface LaunchRequest {
  readonly environment: string;
  readonly command: readonly string[] | undefined;
  readonly settings: Settings;
}

/** What a launch works with. */
export interface LaunchContext extends FollowerContext {
  /** Asks the person before a change in production; throws an AppError when the answer is no. */
  readonly confirm: (plan: LaunchPlan) => Promise<void>;
}

/** RunTask may be under way when somebody interrupts; its answer is worth this wait, for it holds the ARN. */
const lastAnswerMs = 4_000;
const nothingStarted = 'nothing was started';

/**
 * Runs migrate in an environment as one Fargate task and gives its verdict.
 * Throws an AppError when no task was started: the environment cannot be resolved (2), a task runs already (7), AWS refused
 * (125), or somebody interrupted before (130, 143).
 */
export async function launch(context: LaunchContext, request: LaunchRequest): Promise<LaunchEnd> {
  const interrupted = context.interruptions.next();
  const prepared = await orInterrupted(prepare(context, request), interrupted, nothingStarted);
  await orInterrupted(context.confirm(prepared.plan), interrupted, nothingStarted);
  const started = await start(context, request, { ...prepared, interrupted });
  if ('verdict' in started) return started;
  await orLeave(giveWayToEarlier(context, request, { plan: prepared.plan, own: started }), interrupted);
  const { plan, roles, log } = prepared;
  return followToEnd(context, request.settings, { place: plan.target, task: started, roles, log, interrupted });
}

interface Prepared {
  readonly plan: LaunchPlan;
  readonly identity: Identity;
  readonly roles: Roles;
  readonly log: LogLocation | undefined;
  /** A task that this very run id started before and that still runs. */
  readonly earlier: TaskSnapshot | undefined;
}

/** Everything that is looked up and checked before anything is started. */
async function prepare(
  { aws, report }: LaunchContext,
  { environment, command, settings }: LaunchRequest,
): Promise<Prepared> {
  warnOfSession({ aws, report }, settings);
  const identity = createIdentity({ environment, command, runId: settings.runId });
  const listing = listEarly(aws.tasks, environment, settings);
  const { force } = settings;
  const target = await resolveTarget(aws, { environment, overrides: settings, force }, (text) => report.warn(text));
  const family = { cluster: target.cluster.value, family: familyOf(target.taskDefinition.value) };
  const [choice, liveTasks] = await Promise.all([
    chooseDefinition(aws.tasks, target.taskDefinition, settings.latest ? 'latest' : 'as-named'),
    readLiveTasks(aws.tasks, listing, family),
  ]);
  const { definition } = choice;

  const { container, source } = chooseContainer(definition, target.container);
  if (command) checkOverrideSize(container.name, command);
  const plan = { target, definition, image: container.image, command };
  report.plan(plan);
  report.detail(`container ${container.name} (${source})`);
  if (choice.note !== undefined) report.say(choice.note);
  if (choice.warning !== undefined) report.warn(choice.warning);
  for (const warning of checkTaskDefinition(definition, container)) report.warn(warning);
  const log = findLog(container, { environment, names: target.names, region: aws.region, logGroup: target.logGroup });
  if (log.unreadable !== undefined) report.warn(log.unreadable);
  for (const note of log.notes) report.detail(note);
  report.detail(
    `region ${target.region} (${settings.sources?.['region'] ?? 'the AWS SDK: AWS_REGION or the profile'})`,
  );
  if (log.location) report.detail(`log group ${log.location.group} in ${log.location.region} (${log.source})`);

  const own = liveTasks.find(({ startedBy }) => identity.repeatable && startedBy === identity.startedBy);
  const other = liveTasks.find((task) => task !== own);
  if (other) throw alreadyRunning(environment, other, ownCommand('attach', environment, settings, other.arn));
  return { plan, identity, roles: rolesOf(definition, container), log: log.location, earlier: own };
}

type Interruptible = { readonly interrupted: Promise<StopSignal> };

async function start(
  { aws, report, clock }: LaunchContext,
  { command, settings }: LaunchRequest,
  { plan, identity, roles, earlier, interrupted }: Prepared & Interruptible,
): Promise<TaskSnapshot | LaunchEnd> {
  if (earlier) {
    report.say(`The run id ${identity.runId} has started ${earlier.arn} already; following that task.`);
    return earlier;
  }
  const { target, definition } = plan;
  const noMoreTries = new AbortController();
  const beganAtMs = Date.now();
  const starting = startTask(
    {
      tasks: aws.tasks,
      clock,
      pace: settings,
      warn: (text) => report.warn(text),
      interrupted: noMoreTries.signal,
    },
    {
      cluster: target.cluster.value,
      taskDefinition: definition.arn,
      subnets: target.subnets.value,
      securityGroups: target.securityGroups.value,
      ...identity,
      override: command && { container: roles.container, command },
    },
  );
  const signal = await Promise.race([starting.then(() => undefined), interrupted]);
  if (signal === undefined) {
    const task = await starting;
    if (isReplay(task, beganAtMs))
      report.say(`The run id ${identity.runId} was launched before; this is that run's task.`);
    return task;
  }
  noMoreTries.abort();
  const followCommands = [
    ownCommand('tasks', target.environment, settings),
    listStartedByCommand(addressOf(target, settings, ''), identity.startedBy),
  ];
  return leaveWhileStarting(starting, clock, signal, followCommands);
}

/**
 * Nothing in AWS keeps two launches from starting at once, so the later one gives way; the lock in the database is the last
 * line of defence. Throws an AppError (7) when our task was taken back.
 */
async function giveWayToEarlier(
  { aws, report, clock }: LaunchContext,
  { environment, settings }: LaunchRequest,
  { plan: { target, definition }, own }: { readonly plan: LaunchPlan; readonly own: TaskSnapshot },
): Promise<void> {
  const cluster = target.cluster.value;
  const family = { cluster, family: definition.family };
  const { pollMs } = settings;
  try {
    const earlier = await findEarlierTask({ tasks: aws.tasks, clock, pollMs, family }, own);
    if (!earlier) return;
    const follow = ownCommand('attach', environment, settings, earlier.task.arn);
    if (earlier.ours === 'begun') {
      report.warn(`${earlier.task.arn} runs a migration too; one of the two waits for the database's lock. ${follow}`);
      return;
    }
    await aws.tasks.stop(cluster, own.arn, `${taskIdOf(earlier.task.arn)} was first (launch-migration)`);
    throw gaveWay({ environment, own: own.arn }, earlier.task, follow);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    report.warn(`It could not be made sure that this is the only task: ${error.message}`);
  }
}

/** The interruption is heard again by the one who follows. */
async function orLeave(work: Promise<void>, interrupted: Promise<unknown>): Promise<void> {
  await Promise.race([work, interrupted]);
}

/** RunTask gives a repeated token's earlier task. ECS's clock and ours may differ by a little. */
function isReplay(task: TaskSnapshot, beganAtMs: number): boolean {
  return task.lastStatus === 'STOPPED' || (task.createdAtMs !== undefined && task.createdAtMs < beganAtMs - 60_000);
}

async function leaveWhileStarting(
  starting: Promise<TaskSnapshot>,
  clock: Clock,
  signal: StopSignal,
  followCommands: readonly string[],
): Promise<TaskSnapshot | LaunchEnd> {
  const answer = await Promise.race([starting, clock.sleep(lastAnswerMs)]);
  // Followed by nobody but found by its ARN: the interruption is heard again by the one who follows.
  if (answer) return answer;
  const { verdict } = detached(signal);
  return {
    verdict: { ...verdict, reason: `interrupted by ${signal} while ECS was asked to start the task; it may run` },
    taskArn: undefined,
    logEnd: 'left',
    followCommands,
  };
}
