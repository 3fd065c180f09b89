import { AwsError } from '../aws-error.ts';
import type { ReceivedRequest } from '../interception.ts';
import type { Fault, FaultKind } from './fault.ts';
import type { Faults } from './faults.ts';

/** What happens to one call. */
export interface Treatment {
  /** How much later it is done. */
  readonly delayMs: number;
  /** Instead of doing it. */
  readonly refusal: AwsError | 'reset' | undefined;
  /** What becomes of its answer when it was done. */
  readonly delivery: 'whole' | 'lost' | 'truncated';
}

/** What the faults make of a call, whatever it asks. */
export function treatCall(faults: Faults, request: ReceivedRequest): Treatment {
  const strike = (kind: FaultKind): Fault | undefined => faults.strike(kind, (fault) => concerns(fault, request));
  return {
    delayMs: strike('delay')?.ms ?? 0,
    refusal: refusalOf(strike, request),
    delivery: strike('lose') ? 'lost' : strike('truncate') ? 'truncated' : 'whole',
  };
}

function concerns({ operation = '*' }: Fault, request: ReceivedRequest): boolean {
  return operation === '*' || operation === `${request.service}:*` || operation === request.operation;
}

function refusalOf(
  strike: (kind: FaultKind) => Fault | undefined,
  { service, operation }: ReceivedRequest,
): Treatment['refusal'] {
  const isQuery = service === 'cloudformation' || service === 'sts';
  if (strike('reset')) return 'reset';
  if (strike('throttle')) return new AwsError(isQuery ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
  if (strike('fail'))
    return new AwsError(isQuery ? 'ServiceUnavailable' : 'ServiceUnavailableException', 'Service is unavailable.', {
      status: 503,
    });
  if (strike('expire'))
    return new AwsError(
      isQuery ? 'ExpiredToken' : 'ExpiredTokenException',
      'The security token included in the request is expired',
      { status: isQuery ? 403 : 400 },
    );
  if (strike('deny'))
    return new AwsError(
      isQuery ? 'AccessDenied' : 'AccessDeniedException',
      `User: arn:aws:iam::123456789012:user/local is not authorized to perform: ${service}:${operation}`,
      { status: isQuery ? 403 : 400 },
    );
  const refused = strike('refuse');
  return refused && new AwsError(refused.text ?? 'ClientException', 'The stand-in was told to refuse this call.');
}
