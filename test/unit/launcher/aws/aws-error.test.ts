import { describe, expect, it } from 'vitest';
import { toAwsError } from '../../../../src/launcher/aws/aws-error.ts';

const context = { action: 'ecs:RunTask', profile: 'wumbo', region: 'us-east-1' };
const thrown = (name: string, message: string, status?: number, extra: object = {}) =>
  Object.assign(new Error(message), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
    ...extra,
  });

describe('toAwsError', () => {
  it.each([
    [
      thrown('CredentialsProviderError', 'Could not load credentials from any providers'),
      'credentials',
      /No AWS credentials/,
      /AWS_PROFILE/,
    ],
    [
      thrown('ExpiredTokenException', 'The security token included in the request is expired', 400),
      'credentials',
      /expired/,
      /aws sso login --profile wumbo/,
    ],
    [
      thrown('AccessDeniedException', 'User x is not authorized', 400),
      'denied',
      /denied ecs:RunTask/,
      /"Allow","Action":"ecs:RunTask"/,
    ],
    [thrown('ThrottlingException', 'Rate exceeded', 400), 'throttled', /throttled/, /again/],
    [
      thrown('Error', 'connect ECONNREFUSED', undefined, { code: 'ECONNREFUSED' }),
      'unavailable',
      /no answer from AWS in us-east-1/,
      /network/,
    ],
    [thrown('ServiceUnavailable', 'sorry', 503), 'unavailable', /no answer/, /network/],
    [
      thrown('ClusterNotFoundException', 'Cluster not found.', 400),
      'rejected',
      /refused ecs:RunTask: Cluster not found/,
      /--verbose/,
    ],
  ])('makes %s a sentence with a way out, exit 125', (error, kind, message, hint) => {
    expect(toAwsError(error, context)).toMatchObject({
      kind,
      exitCode: 125,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('takes a missing region for a setting, since nothing was called (2)', () => {
    expect(toAwsError(thrown('Error', 'Region is missing'), context)).toMatchObject({
      kind: 'region',
      exitCode: 2,
      message: expect.stringMatching(/No AWS region/),
      hint: expect.stringMatching(/AWS_REGION/),
    });
  });

  it('leaves a bug a bug', () => {
    const bug = new TypeError('x is not a function');
    expect(toAwsError(bug, context)).toBe(bug);
  });
});
