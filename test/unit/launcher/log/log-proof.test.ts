import { describe, expect, it } from 'vitest';
import { createLogProof, type Proof } from '../../../../src/launcher/log/log-proof.ts';

const time = '2026-11-22T10:00:00.000Z';

function event(runId: string): string {
  return JSON.stringify({ time, runId, event: 'message', level: 'info', text: 'x' });
}

function finished(printed: unknown, runId = 'r'): string {
  return JSON.stringify({ time, runId, event: 'run.finished', printed });
}

describe('what the lines that were read prove', () => {
  it.each<[string, readonly string[], Proof, number]>([
    ['nothing yet', ['a', event('r')], 'no-end', 0],
    ['all lines and events', ['a', event('r'), finished({ lines: 3, events: 2 })], 'complete', 0],
    ['a plain line is missing', [event('r'), finished({ lines: 3, events: 2 })], 'incomplete', 1],
    ['an event is missing behind a stray line', ['a', 'stray', finished({ lines: 3, events: 2 })], 'incomplete', 1],
    ['a stray line', ['a', 'b', 'c', finished({ lines: 3, events: 1 })], 'uncounted', 0],
    ['an event of another run', ['a', event('other'), finished({ lines: 3, events: 2 })], 'incomplete', 1],
    ['an older runner', ['a', finished(undefined)], 'uncounted', 0],
    ['a count that is none', ['a', finished({ lines: 'two' })], 'uncounted', 0],
    ['a line after the end', [finished({ lines: 1, events: 1 }), 'a'], 'uncounted', 0],
  ])('%s', (_, messages, proof, missing) => {
    const proofOfLog = createLogProof();
    for (const message of messages) proofOfLog.see({ timestampMs: 1, message });
    expect(proofOfLog.proof()).toBe(proof);
    expect(proofOfLog.missing()).toBe(missing);
  });
});
