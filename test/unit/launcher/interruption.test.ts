import { expect, it } from 'vitest';
import { watchInterruptions, type StopSignal } from '../../../src/launcher/interruption.ts';

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
