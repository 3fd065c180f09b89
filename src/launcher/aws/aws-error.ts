import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { sentence } from '../../contract/sentence.ts';
import { parseDenial } from './denial.ts';

/** What an AWS call's failure means for the one who called. */
export type AwsErrorKind =
  | 'credentials'
  | 'denied'
  | 'throttled'
  /** A timeout, a broken connection or a 5xx: the call may or may not have happened. */
  | 'unavailable'
  | 'region'
  | 'missing'
  | 'conflict'
  /** AWS understood the call and said no. */
  | 'rejected';

/** A failed AWS call in plain words (exit 125; without a region nothing was called, which is a matter of settings: 2). */
export class AwsError extends AppError {
  override readonly name = 'AwsError';
  readonly kind: AwsErrorKind;
  /** The IAM action, e.g. `ecs:RunTask`. */
  readonly action: string;
  /** AWS's own sentence, for those who need to read it. */
  readonly reason: string;
  /** With `conflict`: the tasks that the client token belongs to. */
  readonly resourceIds: readonly string[];

  constructor(fields: {
    readonly kind: AwsErrorKind;
    readonly action: string;
    readonly reason: string;
    readonly message: string;
    readonly hint: string;
    readonly cause: unknown;
  }) {
    super({
      ...fields,
      code: `aws-${fields.kind}`,
      exitCode: fields.kind === 'region' ? exitCodes.usage : exitCodes.awsRefused,
    });
    this.kind = fields.kind;
    this.action = fields.action;
    this.reason = fields.reason;
    const ids = (fields.cause as { resourceIds?: unknown }).resourceIds;
    this.resourceIds = Array.isArray(ids) ? ids.map(String) : [];
  }
}

/** Where a call went, for the sentence about its failure. */
export interface CallContext {
  readonly action: string;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** Whether trying the same read again may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof AwsError && (error.kind === 'throttled' || error.kind === 'unavailable');
}

/** The AwsError for what an SDK call threw; anything that is no answer and no network failure is a bug and comes back as it is. */
export function toAwsError(error: unknown, context: CallContext): unknown {
  if (error instanceof AwsError || !(error instanceof Error)) return error;
  const kind = kindOf(error);
  if (kind === undefined) return error;
  const reason = reasonOf(error);
  return new AwsError({
    kind,
    action: context.action,
    reason,
    cause: error,
    ...sentences(kind, sentence(reason), context),
  });
}

function kindOf(error: Error): AwsErrorKind | undefined {
  const { name, message } = error;
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  const status = $metadata?.httpStatusCode;
  if (/Region is missing/i.test(message)) return 'region';
  if (
    /^(CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|RequestExpired|MissingAuthenticationToken(Exception)?|IncompleteSignature)$/.test(
      name,
    ) ||
    /security token included in the request is (expired|invalid)/i.test(message)
  )
    return 'credentials';
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/i.test(name)) return 'denied';
  if (/Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded/i.test(name) || status === 429) return 'throttled';
  if (name === 'ConflictException') return 'conflict';
  if (name === 'ResourceNotFoundException' || (name === 'ValidationError' && /does not exist/.test(message)))
    return 'missing';
  if (status !== undefined && status >= 500) return 'unavailable';
  if (
    /^(TimeoutError|AbortError|RequestTimeout(Exception)?|ServerException|ServiceUnavailable.*|InternalFailure|InternalServer.*)$/.test(
      name,
    ) ||
    (typeof code === 'string' &&
      /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EHOST|ENET|EPROTO|CERT_|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/.test(
        code,
      ))
  )
    return 'unavailable';
  return $metadata === undefined ? undefined : 'rejected';
}

/** AWS's sentence; an AggregateError of Node's (both address families refused) has none of its own. */
function reasonOf(error: Error): string {
  const parts = error instanceof AggregateError ? error.errors.map((part: unknown) => (part as Error).message) : [];
  return (parts[0] ?? (error.message || error.name)).replace(/\s+/g, ' ').trim();
}

function sentences(
  kind: AwsErrorKind,
  reason: string,
  { action, profile, region, endpoint }: CallContext,
): { readonly message: string; readonly hint: string } {
  const where = endpoint ?? (region === undefined ? 'AWS' : `AWS in ${region}`);
  switch (kind) {
    case 'credentials':
      return credentialSentences(reason, profile);
    case 'denied': {
      const denial = parseDenial(reason, action);
      const needs = denial.action === action ? '' : ` (${denial.action} is missing)`;
      return {
        message: `AWS denied ${action}${needs}: ${reason}`,
        hint: `Give the role or user that runs launch-migration this policy statement, or choose another one with --profile: ${denial.statement}`,
      };
    }
    case 'throttled':
      return { message: `AWS throttled ${action}: ${reason}`, hint: 'Wait a minute and launch again.' };
    case 'unavailable':
      return {
        message: `${action} got no answer from ${where}: ${reason}`,
        hint:
          endpoint === undefined
            ? 'Check the network, the proxy and the region, then launch again.'
            : 'Check that something listens there (AWS_ENDPOINT_URL), then launch again.',
      };
    case 'region':
      return {
        message: 'No AWS region is set.',
        hint: 'Pass --region us-east-1, or set AWS_REGION, or give the profile a region.',
      };
    case 'missing':
    case 'conflict':
    case 'rejected':
      return {
        message: `AWS refused ${action}: ${reason}`,
        hint: 'Correct what AWS names, then launch again (--verbose shows the values and where they came from).',
      };
  }
}

function credentialSentences(reason: string, profile: string | undefined): { message: string; hint: string } {
  const option = profile === undefined ? '' : ` --profile ${profile}`;
  if (/could not load credentials from any/i.test(reason))
    return {
      message: 'No AWS credentials were found.',
      hint: 'Choose a profile (export AWS_PROFILE=…, or --profile …) and log in: aws sso login --profile …',
    };
  if (/expired/i.test(reason))
    return { message: `The AWS credentials have expired: ${reason}`, hint: `Log in again: aws sso login${option}` };
  return {
    message: `The AWS credentials do not work: ${reason}`,
    hint: `Check who you are: aws sts get-caller-identity${option}; log in with aws sso login${option}, or choose another --profile.`,
  };
}
