import type { Interruptions, StopSignal } from './interruption.ts';
import type { Ask } from '../person.ts';

/** What an interruption is to do to a task that is followed. */
export type InterruptChoice = 'detach' | 'stop' | 'go-on';

/** What was settled before: `ask` only where somebody can answer. */
export type InterruptPolicy = { readonly kind: 'detach' | 'stop' } | { readonly kind: 'ask'; readonly ask: Ask };

const question = `
  Interrupted. The task itself goes on until you decide:
    d  detach: leave it running (also: Ctrl-C again)
    s  stop it: migrate gets SIGTERM and rolls back
    c  continue to follow it (also: Enter)
  d, s or c? `;

/**
 * The choice for a signal. Only a Ctrl-C is a question; a second one during the question, any other signal and a closed
 * input mean detach. `withdrawn` takes the question back when it no longer matters; then following goes on.
 */
export async function chooseOnInterrupt(
  signal: StopSignal,
  policy: InterruptPolicy,
  { interruptions, withdrawn }: { readonly interruptions: Interruptions; readonly withdrawn: AbortSignal },
): Promise<InterruptChoice> {
  if (policy.kind !== 'ask') return policy.kind;
  if (signal !== 'SIGINT') return 'detach';
  const answered = new AbortController();
  const either = AbortSignal.any([withdrawn, answered.signal]);
  try {
    const detached = interruptions.next().then(() => 'detach' as const);
    return await Promise.race([answer(policy.ask, either), detached]);
  } finally {
    answered.abort();
  }
}

async function answer(ask: Ask, withdrawn: AbortSignal): Promise<InterruptChoice> {
  for (let text = question; ; text = '  d, s or c? ') {
    const words = await ask(text, withdrawn);
    if (withdrawn.aborted) return 'go-on';
    if (words === undefined) return 'detach';
    const choice = parseChoice(words);
    if (choice) return choice;
  }
}

/** The letter, the word, or a beginning of it. */
export function parseChoice(words: string): InterruptChoice | undefined {
  const word = words.trim().toLowerCase();
  if (word === '') return 'go-on';
  if ('detach'.startsWith(word)) return 'detach';
  if ('stop'.startsWith(word)) return 'stop';
  return 'continue'.startsWith(word) || word === 'go on' ? 'go-on' : undefined;
}
