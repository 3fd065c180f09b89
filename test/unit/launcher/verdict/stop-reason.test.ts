import { describe, expect, it } from 'vitest';
import { explainStopReason } from '../../../../src/launcher/verdict/stop-reason.ts';

describe('explainStopReason', () => {
  it.each([
    [
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x:1: x:1: not found',
      /tag does not exist/,
    ],
    ['CannotPullContainerError: dial tcp 10.0.0.1:443: i/o timeout', /could not be pulled/],
    ['CannotPullContainerError: toomanyrequests: You have reached your pull rate limit', /limits how often/],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key url',
      /does not have the JSON key/,
    ],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: AccessDeniedException',
      /could not read a secret/,
    ],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR',
      /could not log in to the image registry/,
    ],
    [
      'ResourceInitializationError: failed to validate logger args: create stream: The specified log group does not exist',
      /log group/,
    ],
    ['CannotStartContainerError: exec format error', /architecture/],
    ['CannotStartContainerError: exec: "migrat": executable file not found in $PATH', /command does not exist/],
    ['OutOfMemoryError: Container killed due to memory usage', /memory/],
    ['Timeout waiting for network interface provisioning to complete.', /network interface/],
    ['Capacity is unavailable at this time. Please try again later or in a different availability zone', /no capacity/],
    ['ContainerRuntimeTimeoutError: Could not transition to started', /could not start/],
  ])('understands %s', (reason, meaning) => {
    const explanation = explainStopReason(reason);
    expect(explanation?.meaning).toMatch(meaning);
    expect(explanation?.nextStep).toMatch(/\.$/);
  });

  it('does not pretend to understand anything else', () => {
    expect(explainStopReason('Essential container in task exited')).toBeUndefined();
  });
});
