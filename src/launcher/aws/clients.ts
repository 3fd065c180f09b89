import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';

/** How to reach AWS; what is absent comes from the SDK's own chain (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …). */
export interface AwsConnection {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** One generation of SDK clients: they remember their credentials for as long as they live. */
export interface Clients {
  readonly cloudFormation: CloudFormationClient;
  readonly ecs: ECSClient;
  /** RunTask is not repeated behind our back: before another try we look for the task that a lost answer may have started. */
  readonly ecsOnce: ECSClient;
  logs(region: string): CloudWatchLogsClient;
}

/** A call that hangs must not hang the launch: 5 s to connect, 15 s for an answer. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;

/**
 * New clients. `fresh` reads the shared config files again, which the SDK otherwise keeps in memory for the whole process
 * (aws/aws-sdk#531): only so a login in another window is seen.
 */
export function createClients(connection: AwsConnection, files: 'cached' | 'fresh'): Clients {
  // ignoreCache is a parameter of the SDK's credential providers, to which a client hands its whole configuration.
  const config = { ...withoutAbsent(connection), requestHandler, ignoreCache: files === 'fresh' };
  const logs = new Map<string, CloudWatchLogsClient>();
  return {
    cloudFormation: new CloudFormationClient(config),
    ecs: new ECSClient(config),
    ecsOnce: new ECSClient({ ...config, maxAttempts: 1 }),
    logs(region) {
      const client = logs.get(region) ?? new CloudWatchLogsClient({ ...config, region });
      logs.set(region, client);
      return client;
    },
  };
}

/** The SDK takes `undefined` for a value of its own in some places and for "look it up" in others. */
function withoutAbsent(connection: AwsConnection): { [Key in keyof AwsConnection]: NonNullable<AwsConnection[Key]> } {
  return Object.fromEntries(Object.entries(connection).filter(([, value]) => value !== undefined));
}
