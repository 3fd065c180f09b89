import { describe, expect, it } from 'vitest';
import { createHeldLog } from '../../../../src/launcher/terminal/held-log.ts';
import type { OutputStream } from '../../../../src/launcher/terminal/output-stream.ts';

const stream: OutputStream = { write() {}, ready: () => Promise.resolve(), flushed: () => Promise.resolve() };

describe('createHeldLog', () => {
  it('keeps the newest lines and counts those that were too many', () => {
    const held = createHeldLog(50);
    for (let line = 0; line < 10_000; line += 1) held.add(stream, `line ${line}\n`);
    const { texts, dropped } = held.release();
    expect(texts.map(({ text }) => text)).toEqual([9995, 9996, 9997, 9998, 9999].map((line) => `line ${line}\n`));
    expect(dropped).toBe(9_995);
  });
});
