import { expect, it } from 'vitest';

import { AppError } from '../../../src/contract/app-error.ts';
import { exitCodes } from '../../../src/contract/exit-codes.ts';

it('an AppError keeps its code, exit code, hint and cause beside the message', () => {
  const cause = new Error('connect ECONNREFUSED');
  const error = new AppError({ code: 'locked', exitCode: exitCodes.locked, message: 'Held.', hint: 'Wait.', cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'MigrateError',
    code: 'locked',
    exitCode: 7,
    message: 'Held.',
    hint: 'Wait.',
    cause,
  });
});

it('an AppError without a cause has no property "cause", so that inspecting it prints no "cause: undefined"', () => {
  const error = new AppError({ code: 'x', exitCode: exitCodes.usage, message: 'X.' });
  expect(Object.hasOwn(error, 'cause')).toBe(false);
  expect(error.hint).toBeUndefined();
});
