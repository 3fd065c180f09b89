import { Signer } from '@aws-sdk/rds-signer';

import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';

/** Whose login the token is for. */
export interface RdsLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly region: string;
}

/**
 * A password for one connection, good for 15 minutes: a presigned URL of `rds-db:connect`
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html). The credentials come from the AWS
 * SDK's own chain: in ECS the task role.
 * @throws AppError `no-aws-credentials` (8) without the SDK's text beyond its first line.
 */
export async function signRdsToken({ host, port, user, region }: RdsLogin): Promise<string> {
  try {
    return await new Signer({ hostname: host, port, username: user, region }).getAuthToken();
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new AppError({
      code: 'no-aws-credentials',
      exitCode: exitCodes.databaseUnreachable,
      message: `No token for the IAM login of "${user}" could be signed: ${reason.replace(/\.?$/, '.')}`,
      hint: 'Give the task a role that may rds-db:connect as this user, or set AWS_PROFILE.',
      cause,
    });
  }
}
