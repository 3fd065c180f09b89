import { describe, expect, it } from 'vitest';

import { createFaults } from '../../../../src/local-aws/faults/faults.ts';

function strikes(sentence: string, seed: number, occasions = 1_000): readonly boolean[] {
  const faults = createFaults(() => 0);
  faults.set({ faults: [sentence], seed });
  return Array.from({ length: occasions }, () => faults.strike('throttle') !== undefined);
}

describe('the faults of a stand-in', () => {
  it('strike as often as they say, and the same seed gives the same strikes', () => {
    const first = strikes('throttle * 30%', 7);
    expect(first.filter(Boolean).length / 1_000).toBeCloseTo(0.3, 1);
    expect(strikes('throttle * 30%', 7)).toEqual(first);
    expect(strikes('throttle * 30%', 8)).not.toEqual(first);
  });

  it('strike after so many occasions and so many times only', () => {
    expect(strikes('throttle * after 2 2 times', 1, 6)).toEqual([false, false, true, true, false, false]);
  });

  it('are over when their time is', () => {
    let now = 0;
    const faults = createFaults(() => now);
    faults.set({ faults: ['throttle * for 10s'] });
    now = 9_999;
    expect(faults.strike('throttle')).toBeDefined();
    now = 10_000;
    expect(faults.strike('throttle')).toBeUndefined();
  });

  it('one does not change the strikes of another', () => {
    const alone = strikes('throttle * 30%', 7, 50);
    const faults = createFaults(() => 0);
    faults.set({ faults: ['throttle * 30%', 'fail * 50%'], seed: 7 });
    const together = Array.from({ length: 50 }, () => {
      faults.strike('fail');
      return faults.strike('throttle') !== undefined;
    });
    expect(together).toEqual(alone);
  });

  it('a wrong sentence changes nothing', () => {
    const faults = createFaults(() => 0);
    faults.set({ faults: ['throttle *'] });
    expect(() => faults.set({ faults: ['fail *', 'nonsense'] })).toThrow('nonsense');
    faults.strike('throttle');
    expect(faults.list()).toEqual([{ fault: 'throttle *', occasions: 1, strikes: 1 }]);
  });
});
