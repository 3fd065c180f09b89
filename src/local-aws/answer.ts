import { setTimeout as sleep } from 'node:timers/promises';

import { AwsError } from './aws-error.ts';
import type { Call } from './http/call.ts';
import type { Intercept, ReceivedRequest } from './interception.ts';
import { findOperation } from './operations.ts';
import type { Region } from './region.ts';

export type Outcome = { readonly kind: 'answer'; readonly answer: object } | { readonly kind: 'reset' };

/** Does what the call asks, or what the interception makes of it. @throws AwsError for every refusal. */
export async function answerCall(
  call: Call,
  { request, region, intercept }: { request: ReceivedRequest; region: Region; intercept: Intercept | undefined },
): Promise<Outcome> {
  const interception = await intercept?.(request);
  if (!interception) return { kind: 'answer', answer: await perform(call, region) };
  if ('type' in interception)
    throw new AwsError(interception.type, interception.message, { status: interception.status });
  if ('answer' in interception) return { kind: 'answer', answer: interception.answer };
  if ('resetConnection' in interception) {
    if (interception.afterwards) await perform(call, region);
    return { kind: 'reset' };
  }
  if ('delayMs' in interception) {
    await sleep(interception.delayMs, undefined, { signal: region.closing.signal }).catch(() => undefined);
    return { kind: 'answer', answer: await perform(call, region) };
  }
  return { kind: 'answer', answer: interception.changeAnswer(await perform(call, region)) };
}

async function perform(call: Call, region: Region): Promise<object> {
  const operation = findOperation(call);
  return operation.answer(operation.check(call.parameters), region);
}
