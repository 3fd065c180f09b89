import { AppError } from '../../contract/app-error.ts';
import type { AwsAccount } from '../aws/account.ts';
import { chooseDefinition } from '../target/choose-definition.ts';
import { conventionalNames } from '../target/names.ts';
import { ownCommand } from '../way-back/own-command.ts';
import { readPlace, type Place } from '../target/read-place.ts';
import { resolveTarget } from '../target/resolve-target.ts';
import { alreadyRunning, readLiveTasks } from '../tasks/running-task.ts';
import { sessionWarning } from '../follow/session-warning.ts';
import type { Settings } from '../settings/settings.ts';
import { familyOf, type Target } from '../target/target.ts';
import { diagnoseDefinition } from './diagnose-definition.ts';
import type { DiagnosedValue, Diagnosis, Finding } from './diagnosis.ts';
import { nameValues, placeValues, targetValues } from './values.ts';

interface Question {
  readonly environment: string;
  readonly settings: Settings;
}

/** What only a launch can try, for trying it would start or stop something. */
const notTried = ['ecs:RunTask', 'iam:PassRole', 'ecs:TagResource', 'ecs:StopTask'] as const;

/**
 * Everything that a launch would look up and check, with nothing started: each value with its source, each finding with the
 * next step. What cannot be looked up is a finding, and the rest is still looked at.
 */
export async function examine(aws: AwsAccount, { environment, settings }: Question): Promise<Diagnosis> {
  const findings: Finding[] = [];
  const values: DiagnosedValue[] = [
    { name: 'region', value: aws.region, source: settings.sources?.['region'] ?? 'the AWS SDK (AWS_REGION, profile)' },
    ...nameValues(settings.names ?? conventionalNames(environment)),
  ];
  const { sessionEndsAtMs } = aws;
  const session = sessionWarning({ sessionEndsAtMs, timeoutMs: settings.timeout, nowMs: Date.now() });
  if (session !== undefined) findings.push(warning(session));

  const place = await findPlace(aws, { environment, settings }, findings);
  if (place) {
    values.push(...placeValues(place), ...('subnets' in place ? targetValues(place) : []));
    if ('subnets' in place && place.subnets.value.length === 1)
      findings.push(
        warning(
          `There is one subnet only, ${place.subnets.value[0]}, and so one availability zone: where Fargate has no capacity there, nothing starts.`,
          'Give the task subnets in two zones: --subnets, or the output MigrationSubnetIds.',
        ),
      );
    const [definition] = await Promise.all([
      attempt(findings, () => diagnose(aws, place, findings)),
      attempt(findings, () => findRunning(aws, place, settings)),
    ]);
    values.push(...(definition ?? []));
  }
  return { environment, values, findings, notTried };
}

/** The whole target; when that fails, the part of it that is known in spite of the failure. */
async function findPlace(
  aws: AwsAccount,
  { environment, settings }: Question,
  findings: Finding[],
): Promise<Place | Target | undefined> {
  const wanted = { environment, overrides: settings, force: settings.force };
  const warnings: string[] = [];
  const target = await attempt(findings, () => resolveTarget(aws, wanted, (text) => warnings.push(text)));
  findings.push(...warnings.map((text) => warning(text)));
  if (target) return target;
  const needed = ['cluster', 'taskDefinition'] as const;
  return readPlace(aws, { ...wanted, force: true, needed }, () => {}).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
}

async function diagnose(aws: AwsAccount, place: Place, findings: Finding[]): Promise<readonly DiagnosedValue[]> {
  const choice = await chooseDefinition(aws.tasks, place.taskDefinition, 'as-named');
  if (choice.warning !== undefined) findings.push(warning(choice.warning, 'Deploy the stack, or pass --latest.'));
  return diagnoseDefinition(aws, { place, definition: choice.definition }, findings);
}

async function findRunning(aws: AwsAccount, place: Place, settings: Settings): Promise<void> {
  const family = { cluster: place.cluster.value, family: familyOf(place.taskDefinition.value) };
  const list = () => aws.tasks.listFamily(family.cluster, family.family);
  const [task] = await readLiveTasks(aws.tasks, list, family);
  if (task) {
    const follow = ownCommand('attach', place.environment, settings, task.arn);
    throw alreadyRunning(place.environment, task, follow);
  }
  // An id that nobody has: only whether we may ask.
  await aws.tasks.describe(family.cluster, ['0'.repeat(32)]);
}

/** The work's result; an AppError is a finding, and the rest goes on without the result. */
async function attempt<Result>(findings: Finding[], work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    findings.push({ level: 'problem', text: error.message, nextStep: error.hint, exitCode: error.exitCode });
    return undefined;
  }
}

function warning(text: string, nextStep?: string): Finding {
  return { level: 'warning', text, nextStep, exitCode: undefined };
}
