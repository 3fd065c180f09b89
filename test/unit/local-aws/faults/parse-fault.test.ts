import { describe, expect, it } from 'vitest';

import { AppError } from '../../../../src/contract/app-error.ts';
import { describeKinds, faultKinds } from '../../../../src/local-aws/faults/fault.ts';
import { parseFault } from '../../../../src/local-aws/faults/parse-fault.ts';

describe('parseFault', () => {
  it.each([
    ['throttle GetLogEvents', { kind: 'throttle', operation: 'GetLogEvents', chance: 1, times: Infinity }],
    ['throttle logs:* 50% for 10s', { operation: 'logs:*', chance: 0.5, forMs: 10_000 }],
    ['  fail   *   3 times after 2 ', { kind: 'fail', operation: '*', times: 3, after: 2 }],
    ['lose RunTask once', { kind: 'lose', operation: 'RunTask', times: 1 }],
    ['delay ListTasks 250ms', { kind: 'delay', ms: 250 }],
    ['refuse GetLogEvents InvalidParameterException once', { text: 'InvalidParameterException', times: 1 }],
    ['hide-tasks', { kind: 'hide-tasks', ms: undefined }],
    ['hide-tasks 2s 30%', { ms: 2_000, chance: 0.3 }],
    ['hide-tasks 3 times', { ms: undefined, times: 3 }],
    ['small-pages 2', { count: 2 }],
    ['slow DEPROVISIONING 1m', { phase: 'DEPROVISIONING', ms: 60_000 }],
    [
      'cannot-start "CannotPullContainerError: not found" once',
      { text: 'CannotPullContainerError: not found', times: 1 },
    ],
    ['user-stop', { kind: 'user-stop', ms: undefined }],
  ])('%s', (sentence, fields) => {
    expect({ ms: undefined, ...parseFault(sentence) }).toMatchObject(fields);
  });

  it.each([
    ['', 'ends where the kind of fault is missing'],
    ['throtle GetLogEvents', '"throtle" is no kind of fault; did you mean throttle?'],
    ['explode', '"explode" is no kind of fault; there are throttle, '],
    ['throttle', 'ends where an operation'],
    ['throttle GetLogEvent', '"GetLogEvent" is no operation of the stand-in; did you mean GetLogEvents?'],
    ['throttle log:*', 'did you mean logs:*?'],
    ['delay * soon', '"soon" is not a time'],
    ['throttle * 120%', '120% is more than 100%'],
    ['throttle * 3', 'ends where "times" is missing'],
    ['throttle * 3 time', '"time" stands where "times" is meant'],
    ['throttle * 0 times', '"0" is not a number from 1 on'],
    ['throttle * onec', '"onec" is not understood; did you mean once?'],
    ['throttle * now', '"now" is not understood'],
    ['slow STOPPED 1s', '"STOPPED" is no phase'],
    ['small-pages few', '"few" is not a number'],
  ])('`%s` is refused, with the word that is wrong', (sentence, problem) => {
    const parse = (): unknown => parseFault(sentence);
    expect(parse).toThrow(AppError);
    expect(parse).toThrow(problem);
    expect(parse).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('--help') }));
  });

  it('every kind is in the help', () => {
    for (const kind of Object.keys(faultKinds))
      expect(describeKinds()).toContain(`\n  ${kind} `.slice(kind === 'throttle' ? 1 : 0));
  });
});
