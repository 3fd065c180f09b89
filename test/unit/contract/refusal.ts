import { inspect } from 'node:util';

import { AppError } from '../../../src/contract/app-error.ts';

/** What a person is told by an AppError. */
export interface Refusal {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
}

/** The AppError that the call throws, as data; anything else that it does is a failure of the test. */
export function refusal(call: () => unknown): Refusal {
  let answer: unknown;
  try {
    answer = call();
  } catch (error) {
    return asRefusal(error);
  }
  throw new Error(`expected an AppError, got the answer ${inspect(answer)}`);
}

/** Like {@link refusal}, of a promise. */
export async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  return promise.then(
    (answer) => {
      throw new Error(`expected an AppError, got the answer ${inspect(answer)}`);
    },
    (error: unknown) => asRefusal(error),
  );
}

function asRefusal(error: unknown): Refusal {
  if (!(error instanceof AppError)) throw error;
  const { code, exitCode, message, hint } = error;
  return { code, exitCode, message, hint };
}
