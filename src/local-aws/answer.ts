import { setTimeout as sleep } from 'node:timers/promises';

import { AwsError } from './aws-error.ts';
import { disguiseCall, refusedForCapacity } from './faults/answer-faults.ts';
import { treatCall } from './faults/call-faults.ts';
import type { Call } from './http/call.ts';
import type { Intercept, ReceivedRequest } from './interception.ts';
import { findOperation } from './operations.ts';
import type { Region } from './region.ts';

export type Outcome =
  | { readonly kind: 'answer'; readonly answer: object }
  /** Sent in part, then cut off. */
  | { readonly kind: 'truncated'; readonly answer: object }
  | { readonly kind: 'reset' };

/** Does what the call asks, or what the interception or the faults make of it. @throws AwsError for every refusal. */
export async function answerCall(
  call: Call,
  { request, region, intercept }: { request: ReceivedRequest; region: Region; intercept: Intercept | undefined },
): Promise<Outcome> {
  const interception = await intercept?.(request);
  if (!interception) return perform(call, request, region);
  if ('type' in interception)
    throw new AwsError(interception.type, interception.message, { status: interception.status });
  if ('answer' in interception) return { kind: 'answer', answer: interception.answer };
  if ('resetConnection' in interception) {
    if (interception.afterwards) await perform(call, request, region);
    return { kind: 'reset' };
  }
  if ('delayMs' in interception) {
    await pause(interception.delayMs, region);
    return perform(call, request, region);
  }
  const outcome = await perform(call, request, region);
  return outcome.kind === 'reset' ? outcome : { ...outcome, answer: interception.changeAnswer(outcome.answer) };
}

async function perform(call: Call, request: ReceivedRequest, region: Region): Promise<Outcome> {
  const { faults } = region;
  const { delayMs, refusal, delivery } = treatCall(faults, request);
  if (delayMs > 0) await pause(delayMs, region);
  if (refusal === 'reset') return { kind: 'reset' };
  if (refusal) throw refusal;
  const { parameters, change } = disguiseCall(faults, request, region);
  const operation = findOperation(call);
  const answer =
    refusedForCapacity(faults, request) ?? change(await operation.answer(operation.check(parameters), region));
  if (delivery === 'lost') return { kind: 'reset' };
  return { kind: delivery === 'truncated' ? 'truncated' : 'answer', answer };
}

async function pause(ms: number, { closing }: Region): Promise<void> {
  await sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);
}
