import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compare } from '../../../bench/compare.ts';
import type { Command } from '../../../bench/measure.ts';

const hasTime = existsSync('/usr/bin/time');
if (!hasTime) console.warn('GNU time is not installed (apt-get install time), so the tests of bench/ are skipped');

const node = (script: string): Command => ({ program: process.execPath, args: ['-e', script] });

describe.skipIf(!hasTime)('a comparison', () => {
  it('measures time, CPU and memory of each, in turn, and what fails is named and does not stop it', async () => {
    const order: string[] = [];
    const contender = (name: string, script: string) => ({
      name,
      prepare: async () => void order.push(name),
      command: () => node(script),
    });
    const results = await compare(
      [
        contender('busy', 'const end = Date.now() + 150; while (Date.now() < end);'),
        contender('broken', 'console.log("said on stdout"); console.error("trace\\nthe reason"); process.exit(3)'),
        contender('large', 'globalThis.kept = Buffer.alloc(120_000_000, 1)'),
      ],
      { rounds: 2 },
    );
    expect(order).toEqual(['busy', 'broken', 'large', 'busy', 'large']);
    const [busy, broken, large] = results;
    expect(busy?.median?.wallMs).toBeGreaterThan(150);
    expect(busy?.median?.cpuMs).toBeGreaterThan(90);
    expect(broken).toMatchObject({ name: 'broken', median: undefined });
    expect(broken?.failure).toContain('exit code 3');
    expect(broken?.failure).toContain('the reason');
    expect(large?.median?.peakMiB).toBeGreaterThan(115);
  });

  it('names a program that is not there', async () => {
    const [absent] = await compare([{ name: 'absent', command: () => ({ program: 'no-such-program', args: [] }) }], {
      rounds: 1,
    });
    expect(absent?.failure).toContain('no-such-program');
  });
});
