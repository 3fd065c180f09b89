import { AwsError } from '../aws-error.ts';
import type { ReceivedRequest } from '../interception.ts';
import type { Region } from '../region.ts';
import type { Faults } from './faults.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** One operation's call as the faults change it: its parameters on the way in, its answer on the way out. */
export interface Disguise {
  readonly parameters: Parameters;
  readonly change: (answer: object) => object;
}

/** What the faults make of what a call asks and sees. @throws AwsError when they hide what it asks for. */
export function disguiseCall(faults: Faults, request: ReceivedRequest, region: Region): Disguise {
  switch (request.operation) {
    case 'GetLogEvents':
      return disguiseGetLogEvents(faults, request.parameters, region);
    case 'DescribeTasks':
    case 'ListTasks':
      return { parameters: request.parameters, change: (answer) => withoutHidden(faults, answer, region) };
    case 'RunTask':
      return disguiseRunTask(faults, request.parameters);
    default:
      return { parameters: request.parameters, change: (answer) => answer };
  }
}

/** A token of ours stands at the same place as the one behind its mark, and is not the same text. */
const emptyMark = /^empty\d+~/;

function disguiseGetLogEvents(faults: Faults, sent: Parameters, region: Region): Disguise {
  const sentToken = typeof sent['nextToken'] === 'string' ? sent['nextToken'] : undefined;
  const token = sentToken?.replace(emptyMark, '');
  const small = faults.strike('small-pages')?.count;
  const parameters = {
    ...sent,
    ...(token === undefined ? {} : { nextToken: token }),
    ...(small === undefined ? {} : { limit: Math.min(small, Number(sent['limit'] ?? 10_000)) }),
  };
  const stream = region.logGroups.get(String(sent['logGroupName']))?.streams.get(String(sent['logStreamName']));
  const ageMs = stream ? region.now() - stream.createdAt : 0;
  if (faults.strike('hide-logs', ({ ms = Infinity }) => ageMs < ms))
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  const stalled = faults.strike('stalled-pages');
  const empty = stalled ? undefined : faults.strike('empty-pages');
  if (!stalled && !empty) return { parameters, change: (answer) => answer };
  return {
    // An answer from the place itself holds the token that stands there.
    parameters,
    change: (answer) => {
      const head = `f/${'0'.repeat(56)}/s`;
      const here = token ?? head;
      const forward = stalled ? (sentToken ?? head) : `empty${Math.floor(region.now() % 1_000_000_000)}~${here}`;
      return { ...answer, events: [], nextForwardToken: forward === sentToken && !stalled ? here : forward };
    },
  };
}

function withoutHidden(faults: Faults, answer: object, region: Region): object {
  const isHidden = (arn: unknown): boolean => {
    const task = region.tasks.find((candidate) => candidate.arn === arn);
    const ageMs = task ? region.now() - task.times.createdAt : Infinity;
    return faults.strike('hide-tasks', ({ ms = Infinity }) => ageMs < ms || ms === Infinity) !== undefined;
  };
  const {
    tasks = [],
    taskArns = [],
    failures = [],
  } = answer as {
    tasks?: readonly { taskArn: string }[];
    taskArns?: readonly string[];
    failures?: readonly object[];
  };
  if ('taskArns' in answer) return { ...answer, taskArns: taskArns.filter((arn) => !isHidden(arn)) };
  const seen = tasks.filter(({ taskArn }) => !isHidden(taskArn));
  const missing = tasks.filter((task) => !seen.includes(task)).map(({ taskArn: arn }) => ({ arn, reason: 'MISSING' }));
  return { ...answer, tasks: seen, failures: [...failures, ...missing] };
}

const noCapacity = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';

function disguiseRunTask(faults: Faults, parameters: Parameters): Disguise {
  const failed = { tasks: [], failures: [{ reason: noCapacity }] };
  return { parameters, change: (answer) => (faults.strike('phantom') ? failed : answer) };
}

/** RunTask's answer when there is no capacity: nothing is started, and HTTP says 200. */
export function refusedForCapacity(faults: Faults, { operation }: ReceivedRequest): object | undefined {
  if (operation !== 'RunTask' || !faults.strike('capacity')) return undefined;
  return { tasks: [], failures: [{ reason: noCapacity }] };
}
