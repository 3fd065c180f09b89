import { expect, it } from 'vitest';
import {
  beginningWith,
  orInterrupted,
  watchInterruptions,
  type StopSignal,
} from '../../../../src/launcher/interruption/interruption.ts';

it('takes repetitions within a second for one interruption', async () => {
  let nowMs = 0;
  let send: (signal: StopSignal) => void = () => {};
  const interruptions = watchInterruptions(
    (listener) => (send = listener),
    () => nowMs,
  );
  const first = interruptions.next();
  send('SIGINT');
  send('SIGINT');
  expect(await first).toBe('SIGINT');
  const second = interruptions.next();
  nowMs = 500;
  send('SIGINT');
  nowMs = 5_000;
  send('SIGTERM');
  expect(await second).toBe('SIGTERM');
});

it('orInterrupted gives the work’s result, or an error with the signal’s exit code and the consequence', async () => {
  const never = new Promise<never>(() => {});
  expect(await orInterrupted(Promise.resolve(7), never, 'x')).toBe(7);
  await expect(orInterrupted(never, Promise.resolve('SIGTERM'), 'nothing was stopped')).rejects.toMatchObject({
    exitCode: 143,
    message: 'Interrupted by SIGTERM; nothing was stopped.',
  });
});

it('beginningWith hands out the interruption that is waited for already before it asks for another', async () => {
  const both = beginningWith(Promise.resolve('SIGINT'), { next: () => Promise.resolve('SIGHUP') });
  expect([await both.next(), await both.next()]).toEqual(['SIGINT', 'SIGHUP']);
});
