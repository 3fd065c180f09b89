import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { toAwsError } from './aws-error.ts';
import { createLogStreams, type LogStreams } from './logs.ts';
import { createStackReader, type StackReader } from './stacks.ts';
import type { Send } from './send.ts';
import { createTasks, type Tasks } from './tasks.ts';

/** How to reach AWS; what is absent comes from the SDK's own chain (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …). */
export interface AwsConnection {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** The AWS account of one launch. */
export interface AwsAccount {
  readonly region: string;
  /** Known before the first call only with some kinds of credentials. */
  readonly accountId: string | undefined;
  readonly stacks: StackReader;
  readonly tasks: Tasks;
  logStreams(region: string): LogStreams;
}

/** A call that hangs must not hang the launch: 5 s to connect, 15 s for an answer, 30 s with the SDK's own retries. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;
const callTimeoutMs = 30_000;

/** Prepares the clients; no call is made yet. Throws an AwsError when there is no region. */
export async function connectToAws(connection: AwsConnection): Promise<AwsAccount> {
  const config = { ...withoutAbsent(connection), requestHandler };
  const ecs = new ECSClient(config);
  // RunTask is not repeated behind our back: before another try we look for the task that a lost answer may have started.
  const runTaskClient = new ECSClient({ ...config, maxAttempts: 1 });
  const region = await ecs.config.region().catch((error: unknown) => {
    throw toAwsError(error, { action: 'the first call', profile: connection.profile });
  });
  const send: Send = async (action, call) => {
    try {
      return await withinTime(call);
    } catch (error) {
      throw toAwsError(error, { action, region, profile: connection.profile, endpoint: connection.endpoint });
    }
  };
  return {
    region,
    accountId: connection.credentials ? undefined : await knownAccountId(ecs),
    stacks: createStackReader(new CloudFormationClient(config), send),
    tasks: createTasks({ client: ecs, runTaskClient }, send),
    logStreams: (logRegion) => createLogStreams(new CloudWatchLogsClient({ ...config, region: logRegion }), send),
  };
}

/** The SDK takes `undefined` for a value of its own in some places and for "look it up" in others. */
function withoutAbsent(connection: AwsConnection): { [Key in keyof AwsConnection]: NonNullable<AwsConnection[Key]> } {
  return Object.fromEntries(Object.entries(connection).filter(([, value]) => value !== undefined));
}

/**
 * The abort covers the request; the race covers what comes before it (a credential process that hangs). The timer goes with
 * the call: an AbortSignal.timeout would hold every answer, log pages too, for the whole 30 s.
 */
async function withinTime<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${callTimeoutMs / 1_000} s`);
      error.name = 'TimeoutError';
      reject(error);
      abort.abort();
    }, callTimeoutMs);
  });
  try {
    return await Promise.race([call(abort.signal), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** The account that the credentials name; a failure here is told by the first real call. */
async function knownAccountId(client: ECSClient): Promise<string | undefined> {
  try {
    return (await withinTime(() => client.config.credentials())).accountId;
  } catch {
    return undefined;
  }
}
