import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';

import { AppError } from '../../contract/app-error.ts';
import { suggestion } from '../../contract/suggestion.ts';
import type { Faults } from './faults.ts';

/** Where faults are set while the stand-in runs; no operation of AWS has a path of its own. */
export const faultsPath = '/_faults';

const planSchema = z.strictObject({
  faults: z.array(z.string()),
  seed: z.optional(z.int().check(z.minimum(0), z.maximum(2 ** 31 - 1))),
});

/**
 * Answers GET (what is set, and how often each struck), PUT `{"faults": ["throttle GetLogEvents 50% for 10s"], "seed": 7}`
 * (in the place of all others) and DELETE (none). Unsigned: the stand-in listens on the loopback interface only, and a PUT must
 * be JSON, which no web page may send here unasked.
 */
export function answerFaultControl(
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  body: Buffer,
  { faults, response }: { faults: Faults; response: ServerResponse },
): void {
  const { status, answer } = answerTo(request, body, faults);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(answer)}\n`);
}

interface Answer {
  readonly status: number;
  readonly answer: object;
}

function answerTo(
  { method = '', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  body: Buffer,
  faults: Faults,
): Answer {
  if (method === 'DELETE') faults.set({ faults: [] });
  else if (method === 'PUT') {
    if (headers['content-type']?.split(';')[0] !== 'application/json')
      return { status: 415, answer: { message: 'Send the faults as application/json.' } };
    const problem = setFaults(body, faults);
    if (problem !== undefined) return { status: 400, answer: { message: problem } };
  } else if (method !== 'GET')
    return { status: 405, answer: { message: `${faultsPath} takes GET, PUT and DELETE, not ${method}.` } };
  return { status: 200, answer: { seed: faults.seed(), faults: faults.list() } };
}

/** What is wrong with the body, or `undefined` when the faults are set. */
function setFaults(body: Buffer, faults: Faults): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return 'The body is not JSON; send {"faults": ["throttle GetLogEvents 50% for 10s"]}.';
  }
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) return problemOf(parsed.error.issues);
  try {
    faults.set(parsed.data);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

function problemOf(issues: readonly z.core.$ZodIssue[]): string {
  const unknown = issues.find(({ code }) => code === 'unrecognized_keys');
  if (unknown?.code === 'unrecognized_keys') {
    const near = suggestion(unknown.keys[0] ?? '', ['faults', 'seed']);
    return `The member "${unknown.keys[0]}" is not known${near === undefined ? '; there are faults and seed.' : `; did you mean ${near}?`}`;
  }
  return issues[0]?.path[0] === 'seed'
    ? 'The seed must be a whole number from 0 to 2147483647.'
    : 'faults must be a list of sentences, such as ["throttle GetLogEvents 50% for 10s"].';
}
