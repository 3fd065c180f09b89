import type { AccessKey } from '../account.ts';
import { AwsError } from '../aws-error.ts';
import type { Call } from '../http/call.ts';
import type { Region } from '../region.ts';
import { isAllowed } from './policy.ts';
import { requiredPermissions } from './required-permissions.ts';

/** Lets the call pass when its caller may do all that it needs; a key without a policy may do everything. @throws AwsError in IAM's words. */
export function authorize(call: Call, { policy }: AccessKey, region: Region): void {
  if (!policy) return;
  const missing = requiredPermissions(call, region).find((permission) => !isAllowed(policy, permission));
  if (!missing) return;
  const user = `arn:aws:sts::${region.accountId}:assumed-role/launcher/local`;
  throw new AwsError(
    call.protocol === 'json' ? 'AccessDeniedException' : 'AccessDenied',
    `User: ${user} is not authorized to perform: ${missing.action} on resource: ${missing.resource} because no identity-based policy allows the ${missing.action} action`,
    { status: call.protocol === 'json' ? 400 : 403 },
  );
}
