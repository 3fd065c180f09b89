import type { AwsAccount } from './aws/account.ts';
import type { AwsConnection } from './aws/clients.ts';
import type { Settings } from './settings/settings.ts';
import type { Surroundings } from './surroundings.ts';

/** The AWS account that settings and environment lead to; the SDK is loaded only now. */
export async function connect(
  { region, profile }: Settings,
  { env }: Surroundings,
  connection?: AwsConnection,
): Promise<AwsAccount> {
  const { connectToAws } = await import('./aws/account.ts');
  return connectToAws({
    region,
    profile,
    // The SDK reads AWS_ENDPOINT_URL by itself; we name it in messages.
    endpoint: env['AWS_ENDPOINT_URL'] || undefined,
    ...connection,
  });
}
