import { AwsError, toAwsError } from './aws-error.ts';
import { createClients, type AwsConnection, type Clients } from './clients.ts';
import { createLogStreams, type LogStreams } from './logs.ts';
import { createStackReader, type StackReader } from './stacks.ts';
import type { Send } from './send.ts';
import { createTasks, type Tasks } from './tasks.ts';

/** The AWS account of one launch. */
export interface AwsAccount {
  readonly region: string;
  /** Known before the first call only with some kinds of credentials. */
  readonly accountId: string | undefined;
  /** When the credentials end, in milliseconds since the epoch; many kinds renew themselves then. */
  readonly sessionEndsAtMs: number | undefined;
  readonly stacks: StackReader;
  readonly tasks: Tasks;
  logStreams(region: string): LogStreams;
}

/** With the SDK's own retries. */
const callTimeoutMs = 30_000;

/**
 * Prepares the clients; no call is made yet. Credentials that stop working are read anew, once per call, so that a long wait
 * outlives its session where there is a new one. Throws an AwsError when there is no region.
 */
export async function connectToAws(connection: AwsConnection): Promise<AwsAccount> {
  let clients = createClients(connection, 'cached');
  const { profile, endpoint } = connection;
  const region = await clients.ecs.config.region().catch((error: unknown) => {
    throw toAwsError(error, { action: 'the first call', profile });
  });
  const tryOnce: Send = async (action, call) => {
    try {
      return await withinTime(call);
    } catch (error) {
      throw toAwsError(error, { action, region, profile, endpoint });
    }
  };
  const send: Send = async (action, call) => {
    try {
      return await tryOnce(action, call);
    } catch (error) {
      if (!(error instanceof AwsError) || error.kind !== 'credentials' || connection.credentials) throw error;
      clients = createClients(connection, 'fresh');
      return tryOnce(action, call);
    }
  };
  return {
    region,
    ...(connection.credentials ? unknownSession : await readSession(clients)),
    stacks: createStackReader(() => clients.cloudFormation, send),
    tasks: createTasks({ client: () => clients.ecs, runTaskClient: () => clients.ecsOnce }, send),
    logStreams: (logRegion) => createLogStreams(() => clients.logs(logRegion), send),
  };
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

type Session = Pick<AwsAccount, 'accountId' | 'sessionEndsAtMs'>;
const unknownSession: Session = { accountId: undefined, sessionEndsAtMs: undefined };

/** What the credentials say of themselves; a failure here is told by the first real call. */
async function readSession({ ecs }: Clients): Promise<Session> {
  try {
    const { accountId, expiration } = await withinTime(() => ecs.config.credentials());
    return { accountId, sessionEndsAtMs: expiration?.getTime() };
  } catch {
    return unknownSession;
  }
}
