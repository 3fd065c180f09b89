import { describe, expect, it } from 'vitest';
import { chooseOnInterrupt, parseChoice } from '../../../../src/launcher/interruption/interrupt-choice.ts';

const never = { next: () => new Promise<never>(() => {}) };
const open = new AbortController().signal;

describe('the choice after an interruption', () => {
  it('is a question for Ctrl-C only: a closed terminal or a CI system gets no time to answer', async () => {
    const ask = () => Promise.resolve('s');
    const context = { interruptions: never, withdrawn: open };
    expect(await chooseOnInterrupt('SIGINT', { kind: 'ask', ask }, context)).toBe('stop');
    expect(await chooseOnInterrupt('SIGTERM', { kind: 'ask', ask }, context)).toBe('detach');
    expect(await chooseOnInterrupt('SIGHUP', { kind: 'ask', ask }, context)).toBe('detach');
    expect(await chooseOnInterrupt('SIGTERM', { kind: 'stop' }, context)).toBe('stop');
  });

  it('is asked again until it is understood, and withdraws the question after a second Ctrl-C', async () => {
    const answers = ['x', 'q', 'd'];
    const ask = () => Promise.resolve(answers.shift());
    expect(await chooseOnInterrupt('SIGINT', { kind: 'ask', ask }, { interruptions: never, withdrawn: open })).toBe(
      'detach',
    );
    expect(answers).toEqual([]);
    let withdrawn = false;
    const hanging = (_: string, signal: AbortSignal) =>
      new Promise<undefined>((resolve) =>
        signal.addEventListener('abort', () => {
          withdrawn = true;
          resolve(undefined);
        }),
      );
    const again = { next: () => Promise.resolve('SIGINT' as const) };
    expect(
      await chooseOnInterrupt('SIGINT', { kind: 'ask', ask: hanging }, { interruptions: again, withdrawn: open }),
    ).toBe('detach');
    expect(withdrawn).toBe(true);
  });

  it.each([
    ['', 'go-on'],
    [' D ', 'detach'],
    ['stop', 'stop'],
    ['c', 'go-on'],
    ['go on', 'go-on'],
    ['kill', undefined],
  ])('understands "%s"', (words, choice) => {
    expect(parseChoice(words)).toBe(choice);
  });
});
