import type { AwsAccount } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { TaskDefinition } from '../aws/task-definition.ts';
import { chooseContainer } from '../target/container-choice.ts';
import { findLog, type LogLocation } from '../target/log-location.ts';
import { checkTaskDefinition } from '../target/preflight.ts';
import type { Place } from '../target/read-place.ts';
import type { DiagnosedValue, Finding } from './diagnosis.ts';

interface Subject {
  readonly place: Place;
  readonly definition: TaskDefinition;
}

/** What the task definition says of container, image, architecture and log, and whether the log can be read. */
export async function diagnoseDefinition(
  aws: AwsAccount,
  { place, definition }: Subject,
  findings: Finding[],
): Promise<readonly DiagnosedValue[]> {
  const { container, source } = chooseContainer(definition, place.container);
  const log = findLog(container, place);
  const texts = [
    ...checkTaskDefinition(definition, container),
    ...(log.unreadable === undefined ? [] : [log.unreadable]),
    ...log.notes,
  ];
  findings.push(
    ...texts.map((text) => ({ level: 'warning' as const, text, nextStep: undefined, exitCode: undefined })),
  );
  if (log.location) findings.push(...(await tryLog(aws, log.location)));
  return [
    { name: 'container', value: container.name, source },
    { name: 'image', value: container.image, source: definition.name },
    {
      name: 'architecture',
      value: definition.architecture ?? 'X86_64: the image must be built for linux/amd64',
      source: definition.architecture === undefined ? 'not set in the task definition' : definition.name,
    },
    ...(log.location ? [{ name: 'log group', value: log.location.group, source: log.source ?? definition.name }] : []),
  ];
}

/** No task has this id, so a stream that does not exist is the good answer. */
async function tryLog(aws: AwsAccount, { region, group, streamPrefix }: LogLocation): Promise<readonly Finding[]> {
  try {
    if ((await aws.logStreams(region).probe(group, `${streamPrefix}${'0'.repeat(32)}`)) === 'readable') return [];
    return [
      {
        level: 'warning',
        text: `The log group ${group} does not exist in ${region}: the task would stop before it starts, unless its driver may create the group.`,
        nextStep: `Create it: aws logs create-log-group --log-group-name ${group} --region ${region}`,
        exitCode: undefined,
      },
    ];
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const text = `${error.message} A launch would show no log, and go by the exit code alone.`;
    return [{ level: 'warning', text, nextStep: error.hint, exitCode: undefined }];
  }
}
